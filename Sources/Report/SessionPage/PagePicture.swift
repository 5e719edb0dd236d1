import EPUDrawing
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
    ///   - limit: bytes that the small one may take; noise is stored more coarsely where it would take more.
    /// - Returns: also the larger one, a JPEG.
    /// - Throws: `PictureProblem`, in words for a tile.
    static func make(of path: String?, file: String, atMost limit: Int) throws(PictureProblem)
        -> (PagePicture, large: [UInt8])
    {
        guard let path else { throw PictureProblem("there is no JPG beside its XML") }
        let image = try JPEGDecoder().decodeGrey(path: path) { width, height in
            .fitting(width: width, height: height, into: largeSide)
        }
        let larger = image.reduced(toSide: largeSide)
        let smaller = larger.reduced(toSide: smallSide)
        do {
            let small = try encode(smaller, atMost: limit)
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

    /// Low-dose micrographs are noise to the eye: a higher quality would only store more of it.
    private static let qualities = [60, 45, 30, 20, 10, 5, 2]

    /// At the best quality that keeps to the limit; at the least one where none does.
    private static func encode(_ image: GreyImage, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for quality in qualities {
            bytes = try JPEGEncoder.grey(image.pixels, width: image.width, height: image.height, quality: quality)
            if bytes.count <= limit { break }
        }
        return bytes
    }
}
