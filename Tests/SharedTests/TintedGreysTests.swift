import Foundation
import TestSupport
import Testing

@testable import EPUDrawing

@Suite("Greys with tints")
struct TintedGreysTests {
    private static let orange: UInt32 = 0xff9d1e
    private static let blue: UInt32 = 0x56b4e9
    private let palette = TintedGreys(tints: [Colour(Self.orange), Colour(Self.blue)])

    @Test("A palette has 256 colours, whatever its tints; without any it is all greys")
    func size() {
        for count in [0, 1, 2, 8, 30] {
            let palette = TintedGreys(tints: (0..<count).map { Colour.ofGroup($0) })
            #expect(palette.rgb.count == 3 * 256)
        }
        let greys = TintedGreys(tints: [])
        for level in 0..<256 { #expect(index(of: 0x0001_0101 * UInt32(level), greys) == level) }
    }

    @Test("A grey is at most one level off and stays grey, and greys keep their order; tints are exact")
    func greys() {
        var last = -1
        for level in 0..<256 {
            let colour = colour(of: 0x0001_0101 * UInt32(level))
            #expect(colour.red == colour.green && colour.green == colour.blue)
            #expect(abs(colour.red - level) <= 1 && colour.red >= last)
            last = colour.red
        }
        for tint in [Self.orange, Self.blue] {
            let colour = colour(of: tint)
            #expect(UInt32(colour.red << 16 | colour.green << 8 | colour.blue) == tint)
        }
    }

    @Test(
        "Any colour becomes the nearest of the palette",
        arguments: [0x80_4e0f, 0x10_2030, 0x70_a0a0, 0xfe_9c1d, 0x01_0000])
    func nearest(pixel: Int) {
        func distance(_ index: Int) -> Int {
            zip([16, 8, 0], 0..<3).map { shift, channel in
                let difference = (pixel >> shift & 0xff) - Int(palette.rgb[3 * index + channel])
                return difference * difference
            }.reduce(0, +)
        }
        let found = index(of: UInt32(pixel), palette)
        // The grey is that of the mean, which may be one step beside the nearest.
        #expect(distance(found) <= (0..<256).map(distance).min().map { $0 + 6 } ?? 0)
    }

    @Test("A PNG of it shows what was drawn")
    func png() throws {
        let folder = try DrawingFolder()
        let canvas = try Canvas.image(width: 40, height: 20)
        canvas.fill(Rectangle(0, 0, 40, 20), .grey(0.5))
        canvas.fill(Rectangle(10, 5, 4, 4), Colour(Self.orange))
        canvas.fill(Rectangle(20, 5, 4, 4), Colour(Self.blue))
        var png = try PNGWriter(folder.file("a.png"), width: 40, height: 20, format: .tinted(palette))
        try canvas.writeRows(to: &png)
        try png.finish()
        let image = try DecodedPNG(folder.file("a.png"))
        #expect(image.pixel(11, 6) == Self.orange && image.pixel(22, 7) == Self.blue)
        #expect(abs(Int(image.pixel(1, 1) & 0xff) - 128) <= 1 && image.pixel(1, 1) % 0x0001_0101 == 0)
    }

    private func index(of pixel: UInt32, _ palette: TintedGreys) -> Int {
        var row: [UInt8] = [0]
        [pixel].withUnsafeBufferPointer { pixels in
            row.withUnsafeMutableBufferPointer { palette.indices(of: pixels, into: $0) }
        }
        return Int(row[0])
    }

    private func colour(of pixel: UInt32) -> (red: Int, green: Int, blue: Int) {
        let index = 3 * index(of: pixel, palette)
        return (Int(palette.rgb[index]), Int(palette.rgb[index + 1]), Int(palette.rgb[index + 2]))
    }
}
