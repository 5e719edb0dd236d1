import Foundation
import FoundationXML
import Testing

/// A page of ours, which is well-formed XML except for elements that HTML leaves open.
final class PageDocument: NSObject, XMLParserDelegate {
    private(set) var attributes: [(element: String, name: String, value: String)] = []
    private var counts: [String: Int] = [:]
    let source: String
    private(set) var text = ""

    init(_ file: String) throws {
        source = try String(contentsOfFile: file, encoding: .utf8)
        super.init()
        // Script and style are not markup, and two kinds of elements have no end.
        let markup = source.replacing(/<style>.*?<\/style>/.dotMatchesNewlines(), with: "")
            .replacing(/<script.*?<\/script>/.dotMatchesNewlines(), with: "<script></script>")
            .replacing("<!DOCTYPE html>", with: "")
            .replacing(/<(?:meta|link|input)\b[^>]*/) { "\($0.output)/" }
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = self
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in line \(parser.lineNumber)")
    }

    func count(_ element: String) -> Int { counts[element] ?? 0 }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[element, default: 0] += 1
        self.attributes += attributes.map { (element, $0.key, $0.value) }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
}
