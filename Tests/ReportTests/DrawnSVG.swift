import EPUCore
import EPUDrawing
import Foundation
import FoundationXML

/// What an SVG of ours shows.
final class DrawnSVG: NSObject, XMLParserDelegate {
    private(set) var isWellFormed = false
    private(set) var paths: [(style: String, data: String)] = []
    let text: String

    init(_ file: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        text = String(decoding: data, as: UTF8.self)
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if element == "path" { paths.append((attributes["style"] ?? "", attributes["d"] ?? "")) }
    }

    /// Dots that `Canvas.dots` drew, of one colour.
    /// - Parameter radius: in pixels; nil counts those of any.
    func dots(_ colour: Colour, radius: Double? = nil) -> Int {
        subpaths { style in
            style.contains("stroke-linecap:round") && style.contains(Self.stroke(colour))
                && (radius.map { style.contains("stroke-width:\((2 * $0).text());") } ?? true)
        }
    }

    /// Lines of one colour and width; each subpath counts.
    func lines(_ colour: Colour, width: Double) -> Int {
        subpaths { style in
            style.contains("stroke-linecap:butt") && style.contains(Self.stroke(colour))
                && style.contains("stroke-width:\(width.text());")
        }
    }

    private func subpaths(_ matches: (String) -> Bool) -> Int {
        paths.filter { matches($0.style) }.reduce(0) { $0 + $1.data.count { $0 == "M" } }
    }

    private static func stroke(_ colour: Colour) -> String {
        let parts = [colour.red, colour.green, colour.blue].map { value in
            // As Cairo writes numbers: six decimals at most.
            var text = (value * 100).text(decimals: 6)
            while text.hasSuffix("0") { text.removeLast() }
            return (text.hasSuffix(".") ? String(text.dropLast()) : text) + "%"
        }
        return "stroke:rgb(\(parts.joined(separator: ",")));"
    }

    /// Whether a coordinate is no number.
    var holdsNonsense: Bool { paths.contains { $0.data.contains("nan") || $0.data.contains("inf") } }
}
