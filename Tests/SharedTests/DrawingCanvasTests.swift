import EPUCore
import EPUDrawing
import Foundation
import TestSupport
import Testing

@Suite("Drawing")
struct CanvasTests {
    private let folder: DrawingFolder

    init() throws { folder = try DrawingFolder() }

    @Test("Shapes have their colours where they were drawn")
    func shapes() throws {
        let canvas = try Canvas.image(width: 100, height: 60)
        canvas.fill(Rectangle(0, 0, 100, 60), .white)
        canvas.fill(Rectangle(10, 10, 20, 20), Colour(0xff0000))
        canvas.fillCircle(center: Vector2(60, 30), radius: 10, Colour(0x00ff00))
        canvas.dots([Vector2(90, 30), Vector2(90.01, 30), Vector2(.nan, 1)], radius: 5, Colour(0x0000ff))
        canvas.clipped(to: Rectangle(0, 50, 10, 10)) { canvas.fill(Rectangle(0, 0, 100, 60), .black) }
        try canvas.writePNG(folder.file("shapes.png"))
        let image = try DecodedPNG(folder.file("shapes.png"))
        #expect(image.pixel(5, 5) == 0xffffff)
        #expect(image.pixel(20, 20) == 0xff0000)
        #expect(image.pixel(60, 30) == 0x00ff00 && image.pixel(60, 42) == 0xffffff)
        #expect(image.pixel(90, 30) == 0x0000ff && image.pixel(90, 38) == 0xffffff)
        #expect(image.pixel(5, 55) == 0 && image.pixel(15, 55) == 0xffffff)
    }

    @Test("A picture of its frame's size keeps its pixels")
    func picture() throws {
        let canvas = try Canvas.image(width: 40, height: 40)
        let image = GreyImage(width: 20, height: 10, pixels: ramp(width: 20, height: 10))
        try canvas.draw(image, in: Rectangle(7, 5, 20, 10))
        try canvas.writePNG(folder.file("picture.png"))
        let drawn = try DecodedPNG(folder.file("picture.png"))
        for y in 0..<10 {
            for x in 0..<20 { #expect(drawn.pixel(7 + x, 5 + y) == 0x0001_0101 * UInt32(image.pixels[y * 20 + x])) }
        }
        #expect(drawn.pixel(6, 5) == 0 && drawn.pixel(27, 5) == 0)
    }

    @Test("The same drawing gives the same bytes, as PNG and as SVG")
    func sameBytes() throws {
        for name in ["first", "second"] {
            let image = try Canvas.image(width: 300, height: 200)
            draw(on: image)
            try image.writePNG(folder.file(name + ".png"), text: [("Title", "t")])
            let svg = try Canvas.svg(width: 300, height: 200)
            draw(on: svg)
            try svg.writeSVG(folder.file(name + ".svg"))
        }
        for suffix in [".png", ".svg"] {
            let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("first" + suffix)))
            #expect(try first == Data(contentsOf: URL(fileURLWithPath: folder.file("second" + suffix))))
            #expect(first.count > 1000)
        }
        let svg = try String(contentsOfFile: folder.file("first.svg"), encoding: .utf8)
        #expect(svg.hasPrefix("<?xml") && svg.contains("<svg") && svg.hasSuffix("</svg>\n"))
    }

    @Test("Text that does not fit loses its middle, and never its ends")
    func fit() throws {
        let canvas = try Canvas.image(width: 10, height: 10)
        let style = TextStyle(size: 12)
        let name = "FoilHole_9015883_Data_9017347_6_20250108_154915"
        let full = canvas.textWidth(name, style)
        #expect(canvas.fit(name, style, width: full + 1) == name)
        for share in [0.2, 0.5, 0.9] {
            let fitted = canvas.fit(name, style, width: share * full)
            #expect(canvas.textWidth(fitted, style) <= share * full)
            #expect(fitted.hasPrefix("Foi") && fitted.hasSuffix("915") && fitted.contains("..."))
        }
        #expect(canvas.fit(name, style, width: 0) == "...")
        let smaller = canvas.shrink(name, style, width: 0.8 * full, atLeast: 6)
        #expect(smaller.text == name && smaller.style.size < 12)
        #expect(canvas.textWidth(name, smaller.style) <= 0.8 * full)
    }

    @Test("Long reasons are broken into lines that fit")
    func wrap() throws {
        let canvas = try Canvas.image(width: 10, height: 10)
        let style = TextStyle(size: 12)
        let lines = canvas.wrap("the file cannot be opened (Permission denied)", style, width: 120)
        #expect(lines.count > 1)
        #expect(lines.joined(separator: " ") == "the file cannot be opened (Permission denied)")
        #expect(lines.allSatisfy { canvas.textWidth($0, style) <= 120 })
        #expect(canvas.wrap("", style, width: 100).isEmpty)
    }

    @Test("An image that is empty or too large is refused", arguments: [(0, 5), (5, 40000), (-1, 5)])
    func impossible(width: Int, height: Int) {
        #expect(throws: Failure.self) { _ = try Canvas.image(width: width, height: height) }
    }

    @Test("Only an SVG canvas is written as SVG, and pixels come from an image alone")
    func wrongKind() throws {
        #expect(throws: Failure.self) { try Canvas.image(width: 5, height: 5).writeSVG(folder.file("a.svg")) }
        #expect(throws: Failure.self) { try Canvas.svg(width: 5, height: 5).writePNG(folder.file("a.png")) }
        #expect(folder.names.isEmpty)
    }

    private func draw(on canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, 300, 200), .white)
        canvas.dots((0..<1000).map { Vector2(Double($0 % 40) * 6, Double($0 / 40) * 7) }, radius: 2, .ofGroup(3))
        canvas.line([Vector2(0, 0), Vector2(300, 200)], .grey(0.5), dashes: [4, 2])
        canvas.text("12 um", at: Vector2(150, 100), TextStyle(size: 20, halo: .white), align: .center, rotatedBy: 30)
        canvas.clipped(to: Rectangle(10, 10, 50, 50)) {
            canvas.strokeCircle(center: Vector2(30, 30), radius: 30, .black, lineWidth: 3)
        }
    }
}

@Suite("Axes")
struct AxesTests {
    @Test(
        "Ticks are round numbers within the range",
        arguments: [
            (-0.42, 0.38, 6), (0, 1, 10), (12.5, 12.6, 5), (-1e-4, 3e-4, 7), (0, 98_765, 8), (5, 5e9, 5),
        ])
    func ticks(least: Double, greatest: Double, count: Int) {
        let ticks = Ticks(over: least...greatest, atMost: count)
        #expect((2...count + 1).contains(ticks.values.count))
        #expect(ticks.values.allSatisfy { $0 >= least - 1e-9 * abs(least) && $0 <= greatest * (1 + 1e-9) })
        let mantissa = ticks.step / pow(10, floor(log10(ticks.step * 1.000001)))
        #expect([1.0, 2, 5].contains { abs($0 - mantissa) < 1e-6 })
        #expect(Set(ticks.values.map(ticks.text)).count == ticks.values.count)
    }

    @Test("A range around 0 has a scale: never one number alone", arguments: [6.0, 19, 46, 62, 85, 95, 99, 101, 480])
    func twoTicks(reach: Double) {
        for count in 2...6 {
            #expect(Ticks(over: -reach...reach, atMost: count).values.count >= 2, "\(reach) \(count)")
        }
        #expect(Ticks(over: -95...95, atMost: 3).values == [-50, 0, 50])
    }

    @Test("Numbers have the decimals of their step, and zero no sign")
    func texts() {
        let ticks = Ticks(over: -0.3...0.3, atMost: 6)
        #expect(ticks.values.map(ticks.text) == ["-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"])
        #expect(ticks.text(-1e-17) == "0.0")
        #expect(
            Ticks(over: 0...0.7, step: 0.25).values.map(Ticks(over: 0...1, step: 0.01).text) == [
                "0.00", "0.25", "0.50",
            ])
    }

    @Test("A range without extent has one tick", arguments: [0.0, 3, -2e300])
    func point(value: Double) {
        #expect(Ticks(over: value...value, atMost: 5).values == [value])
        #expect(Axes.Quantity("x", covering: value...value).range.contains(value))
    }

    @Test("With equal aspect a unit is as long on both axes, and all values are seen")
    func equalAspect() {
        let frame = Rectangle(50, 20, 600, 300)
        let axes = Axes(
            frame: frame, x: .init("x", covering: -1...1), y: .init("y", covering: 10...20), equalAspect: true)
        let origin = axes.pixel(Vector2(0, 15))
        let right = axes.pixel(Vector2(1, 15))
        let up = axes.pixel(Vector2(0, 16))
        #expect(abs((right.x - origin.x) - (origin.y - up.y)) < 1e-9)
        for corner in [Vector2(-1, 10), Vector2(1, 20)] {
            let pixel = axes.pixel(corner)
            #expect(pixel.x > frame.x && pixel.x < frame.maxX && pixel.y > frame.y && pixel.y < frame.maxY)
        }
    }
}
