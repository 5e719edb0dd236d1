import EPUShared
import Foundation

/// A preview as a page shows it: small in the page itself, larger in a file beside it.
struct PagePicture: Sendable {
    /// Longer sides, pixels.
    static let smallSide = 256
    static let largeSide = 1024

    let width: Int
    let height: Int
    /// The small one, for an element `img`.
    let dataURL: String
    /// The larger one's, relative to the page.
    let file: String

    /// - Parameters:
    ///   - path: of the JPG preview; nil: there is none.
    ///   - file: where the larger one will lie, relative to the page.
    /// - Returns: also the larger one, a JPEG.
    /// - Throws: `PictureProblem`, in words for a tile.
    static func make(of path: String?, file: String) throws(PictureProblem) -> (PagePicture, large: [UInt8]) {
        guard let path else { throw PictureProblem("there is no JPG beside its XML") }
        let image = try JPEGDecoder().decodeGrey(path: path) { width, height in
            .fitting(width: width, height: height, into: largeSide)
        }
        let larger = image.reduced(toSide: largeSide)
        let smaller = larger.reduced(toSide: smallSide)
        do {
            // Low-dose micrographs are noise to the eye: a higher quality would only store more of it.
            let small = try JPEGEncoder.grey(
                smaller.pixels, width: smaller.width, height: smaller.height, quality: 60)
            let large = try JPEGEncoder.grey(larger.pixels, width: larger.width, height: larger.height, quality: 70)
            return (
                PagePicture(
                    width: smaller.width, height: smaller.height,
                    dataURL: "data:image/jpeg;base64," + Data(small).base64EncodedString(), file: file), large
            )
        } catch {
            throw PictureProblem("\(error)")
        }
    }
}
