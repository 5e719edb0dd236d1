import EPUDrawing
import Foundation

/// The places of all things on a page of pairs, in pixels. All pages of one montage share it.
struct MontageLayout {
    static let columns = 4
    static let background = Colour.grey(0.11)

    /// The size of the greatest picture that a tile can hold.
    let box: (width: Double, height: Double)
    /// The size of the letters. It grows with the tiles, so that captions can be read at the zoom at which a page fits the
    /// screen.
    let textSize: Double
    let margin: Double
    /// The width of the strip left of the tiles, which has the pair's number.
    let gutter: Double
    let captionHeight: Double
    let headerHeight: Double
    /// The height of the line above an incident's pairs.
    let headingHeight: Double

    /// - Parameter picture: the width and height of the first picture, as it was decoded.
    init(picture: (width: Int, height: Int)) {
        // In narrower tiles a file name could not be read; with larger ones, one row would take more than 300 MB.
        let enlarged = max(1, 320 / Double(picture.width))
        box = (
            min((enlarged * Double(picture.width)).rounded(), 4096),
            min(max((enlarged * Double(picture.height)).rounded(), 160), 4096)
        )
        textSize = max(11, (box.width / 38).rounded())
        margin = textSize
        gutter = (3.2 * textSize).rounded()
        captionHeight = (4.6 * textSize).rounded()
        headerHeight = (7.9 * textSize).rounded()
        headingHeight = (3 * textSize).rounded()
    }

    var tileHeight: Double { box.height + captionHeight }
    var rowHeight: Double { tileHeight + margin }
    var pageWidth: Double { gutter + Double(Self.columns) * (box.width + margin) }

    func pageHeight(pairs: Int, headings: Int) -> Double {
        headerHeight + Double(pairs) * rowHeight + Double(headings) * headingHeight
    }

    /// What many viewers of pictures show without trouble, in pixels.
    private static let greatestHeight = 8000.0
    private static let mostPairs = 25

    /// The number of pairs, each with a heading, that make no page higher than `greatestHeight`.
    var pairsPerPage: Int {
        min(Self.mostPairs, max(1, Int((Self.greatestHeight - headerHeight) / (rowHeight + headingHeight))))
    }

    /// The left edge of a tile.
    func x(column: Int) -> Double { gutter + Double(column) * (box.width + margin) }
}
