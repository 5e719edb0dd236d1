import EPUCore
import TestSupport
import Testing

@testable import EPUFormat

@Suite("The plain form of XML is read without libxml2, to the same elements")
struct PlainXMLTests {
    private let plain = XMLReader()
    private let libxml2 = XMLReader(takesPlainForm: false)
    private let image = SampleImage().xml

    /// All that can be asked of a document: its elements in their order, or why it is refused.
    private func content(_ bytes: [UInt8], by reader: XMLReader) -> [String] {
        bytes.withUnsafeBytes { bytes in
            do throws(Unusable) {
                return try reader.read(bytes) { root throws(Unusable) in describe(root, depth: 0) }
            } catch {
                return ["\(error.status): \(error.reason)"]
            }
        }
    }

    /// An element and all below it. A circle of references is followed for a while.
    private func describe(_ element: XMLElement, depth: Int) -> [String] {
        let own = [
            "\(depth) \(element.name)", element.type, element.text, element.number?.description,
            element.assemblyVersion,
        ].map { $0 ?? "-" }.joined(separator: "|")
        return [own] + (depth < 20 ? element.children.flatMap { describe($0, depth: depth + 1) } : [])
    }

    private func isPlain(_ text: String) -> Bool {
        var tree = XMLTree()
        return Array(text.utf8).withUnsafeBytes { PlainXML.fill(&tree, from: $0) }
    }

    @Test("EPU's images are of the plain form")
    func images() {
        #expect(isPlain(image))
        #expect(isPlain("<a:r xmlns:a=\"u\" i:type=\"b:long\">\n\t<b/> 1 <c-1.x>2]</c-1.x></a:r>"))
    }

    @Test(
        "What is not of the plain form, or no XML, is left to libxml2",
        arguments: [
            "", "r", "<r>", "</r>", "<r/><r/>", "<r></q>", "<r></r ", "<r></rr>", "<r></r>\n", " <r/>", "<>", "< r/>",
            "<r/ >", "<r /x>", "<1/>", "<:r/>", "<r>&lt;</r>", "<r><!-- --></r>", "<r><![CDATA[x]]></r>",
            "<r><?x?></r>",
            "<!DOCTYPE r><r/>", "<?xml version=\"1.0\"?><r/>", "<r>]]></r>", "<r>></r>", "<r>\r</r>", "<r>\u{0}</r>",
            "<r>\u{1}</r>", "<r>µ</r>", "<µ/>", "<r a/>", "<r a=1/>", "<r a='1'/>", "<r a=\"1\"b=\"2\"/>",
            "<r  a=\"1\"/>",
            "<r a=\"1\" a=\"2\"/>", "<r a=\"<\"/>", "<r a=\"&#1;\"/>", "<r a=\"\n\"/>", "<r a=\"1/>",
            "<r xml:lang=\"en\"/>",
            "<r a=\"\(String(repeating: "x", count: 2000))\"/>", "<r>\(String(repeating: "x", count: 2000))</r>",
            "<r\((1...9).map { " a\($0)=\"\"" }.joined())/>",
            String(repeating: "<r>", count: 65) + String(repeating: "</r>", count: 65),
        ])
    func otherForms(text: String) {
        #expect(!isPlain(text))
        #expect(content(Array(text.utf8), by: plain) == content(Array(text.utf8), by: libxml2))
    }

    @Test("A document of the same elements as the one before has its own texts, types and references")
    func repeated() {
        let texts = [
            "1", "-2.5E-07", "\"two\"", "", "&amp;", "]", "]]>", String(repeating: "x", count: 2000), " ", "\n3", "4",
        ]
        for text in texts + texts.reversed() {
            let document = Array(
                "<r z:Assembly=\"A\"><a z:Id=\"1\" i:type=\"t\">\(text)</a><b z:Ref=\"1\"/><c>\(text)</c></r>".utf8)
            #expect(content(document, by: plain) == content(document, by: libxml2))
        }
        let other = Array("<r><b i:type=\"u\">5</b></r>".utf8)
        #expect(content(other, by: plain) == content(other, by: libxml2))
    }

    @Test("Elements of a container are handed over alike, from the plain form and as they come")
    func streamed() {
        let document =
            "<r><h><c><e><h><c><e>0</e></c></h></e><e z:Id=\"1\">1</e>x</c><c/></h><k><c><e z:Ref=\"1\"/><e z:Ref=\"2\"/></c></k>"
            + "<c><e>2</e></c><h><c><e z:Id=\"2\">3</e></c></h><h><d><e>4</e></d></h></r>"
        let stream = XMLReader.Stream(container: "c", parents: ["h", "k"], forgets: false)
        func texts(_ reader: XMLReader) -> [String] {
            var texts: [String] = []
            _ = Array(document.utf8).withUnsafeBytes { bytes in
                Result { () throws(Unusable) in
                    try reader.read(
                        bytes, stream: stream, each: { texts.append($0.text ?? "-") }, { _ throws(Unusable) in })
                }
            }
            return texts
        }
        #expect(isPlain(document))
        #expect(texts(plain) == ["-", "1", "1", "-", "3"])
        #expect(texts(libxml2) == texts(plain))
    }

    @Test("Documents with changes at random are read, or refused, as libxml2 does it", arguments: 0..<8)
    func changed(index: Int) {
        let others = [
            "<r z:Assembly=\"EPU, Version=3.9\"><a z:Id=\"2\" i:type=\"c:d\">1</a> <b z:Ref=\"2\"/><c>\n<d/></c>x</r>",
            "<a:b><c:d e=\"f\" g:type=\"h.i\">-1.5E-07</c:d><j/><j>]]</j><k> 2 </k></a:b>",
        ]
        let document = Array(index < 2 ? image.utf8 : others[index % 2].utf8)
        let bytes = Array("<>/=\"':& ]!?-_.aA0\n\t\r\u{0}\u{7F}µ".utf8)
        var random = RandomSource(seed: 18, stream: "changes", index: index)
        var accepted = 0
        for _ in 0..<(index < 2 ? 400 : 4000) {
            var changed = document
            for _ in 0...random.index(below: 3) {
                let place = random.index(below: changed.count)
                switch random.index(below: 4) {
                case 0: changed[place] = bytes[random.index(below: bytes.count)]
                case 1: changed.remove(at: place)
                case 2: changed.insert(bytes[random.index(below: bytes.count)], at: place)
                default:
                    let length = min(1 + random.index(below: 20), changed.count - place)
                    changed.insert(
                        contentsOf: changed[place..<(place + length)], at: random.index(below: changed.count))
                }
            }
            let expected = content(changed, by: libxml2)
            #expect(content(changed, by: plain) == expected, "\(String(decoding: changed, as: UTF8.self))")
            if isPlain(String(decoding: changed, as: UTF8.self)) { accepted += 1 }
        }
        // Else the two readers would be one.
        #expect(accepted > 40)
    }
}
