import EPUShared
import Foundation

/// A preview as a page shows it: small in the page itself, larger in a file beside it.
struct PagePicture {
    /// Longer sides, pixels.
    static let smallSide = 256
    static let largeSide = 1024

    /// A JPEG.
    let small: [UInt8]
    let large: [UInt8]
    let width: Int
    let height: Int

    /// - Parameter path: of the JPG preview; nil: there is none.
    /// - Throws: `PictureProblem`, in words for a tile.
    init(_ path: String?) throws(PictureProblem) {
        guard let path else { throw PictureProblem("there is no JPG beside its XML") }
        let image = try JPEGDecoder().decodeGrey(path: path) { width, height in
            .fitting(width: width, height: height, into: Self.largeSide)
        }
        let larger = image.reduced(toSide: Self.largeSide)
        let smaller = larger.reduced(toSide: Self.smallSide)
        do {
            // Low-dose micrographs are noise to the eye: a higher quality would only store more of it.
            small = try JPEGEncoder.grey(smaller.pixels, width: smaller.width, height: smaller.height, quality: 60)
            large = try JPEGEncoder.grey(larger.pixels, width: larger.width, height: larger.height, quality: 80)
        } catch {
            throw PictureProblem("\(error)")
        }
        width = smaller.width
        height = smaller.height
    }

    /// The small one, for an element `img`.
    var dataURL: String { "data:image/jpeg;base64," + Data(small).base64EncodedString() }
}
