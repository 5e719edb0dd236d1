import EPUDrawing
import Foundation

/// A preview as a page shows it: small in the page itself, larger in a file beside it.
struct PagePicture: Sendable {
    /// The length of the longer side of the small picture, pixels.
    static let smallSide = 256
    static let largeSide = 1024

    let width: Int
    let height: Int
    /// The small picture, for an element `img`.
    let dataURL: String
    /// The path of the larger picture, relative to the page; nil if there is none.
    let file: String?

    /// - Parameters:
    ///   - path: the path of the JPG preview; nil if there is none.
    ///   - file: the path at which the larger picture will lie, relative to the page.
    ///   - limit: the most bytes that the small picture may take; noise is stored more coarsely if it would take more.
    /// - Returns: the picture, and the larger one as a JPEG.
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

    /// The length of the longer side of a hole image, which only shows where an exposure lies, pixels.
    static let holeImageSide = 120

    /// A picture that has no larger one; nil if it cannot be shown.
    static func small(of path: String, side: Int = holeImageSide, atMost limit: Int) -> PagePicture? {
        guard
            let image = try? JPEGDecoder().decodeGrey(
                path: path, scale: { .fitting(width: $0, height: $1, into: 2 * side) })
        else { return nil }
        let small = image.reduced(toSide: side)
        guard let bytes = try? encode(small, atMost: limit) else { return nil }
        return PagePicture(
            width: small.width, height: small.height,
            dataURL: "data:image/jpeg;base64," + Data(bytes).base64EncodedString(), file: nil)
    }

    /// The qualities of JPEG that are tried. To the eye, micrographs at low dose are noise: a higher quality would only store
    /// more of it.
    private static let qualities = [60, 45, 30, 20, 10, 5, 2]

    /// The image as a JPEG at the best quality that keeps to the limit; at the least quality if none does.
    private static func encode(_ image: GreyImage, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for quality in qualities {
            bytes = try JPEGEncoder.grey(image.pixels, width: image.width, height: image.height, quality: quality)
            if bytes.count <= limit { break }
        }
        return bytes
    }
}
