import EPUCore
import EPUFormat
import TestSupport
import Testing

@Suite("XML that EPU would not write")
struct HostileXMLTests {
    private let xml = SampleImage().xml

    private func status(_ text: String) -> FileStatus? {
        Documents.refusal { () throws(Unusable) in _ = try Documents.image(text) }?.status
    }

    @Test("Encodings, declarations, prefixes, comments, instructions and CDATA change no value")
    func otherForms() throws {
        let plain = try Documents.image(xml)
        let renamed = xml.replacing("xmlns:i=", with: "xmlns:xsi=").replacing(" i:", with: " xsi:")
            .replacing("xmlns:a=", with: "xmlns:q7=").replacing("<a:", with: "<q7:").replacing("</a:", with: "</q7:")
        let forms: [[UInt8]] = [
            [0xEF, 0xBB, 0xBF] + Array(xml.utf8),
            Array(("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" + xml + "\r\n").utf8),
            Array("<?xml version='1.0' encoding='ISO-8859-1'?>\(xml)".utf8),
            Encodings.utf16(xml, bigEndian: false),
            Encodings.utf16(xml, bigEndian: true),
            Encodings.utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + xml, bigEndian: false),
            Array(renamed.utf8),
            Array(("<!-- - --><?a b?>" + xml + "<!-- end --><?a b?>").utf8),
            Array(xml.replacing("><", with: ">\n  <!-- <X>1</X> --><?x <Y>2</Y>?>\t<").utf8),
            Array(xml.replacing("4E+21", with: "<![CDATA[4E]]><!-- -->+2<?x?>1").utf8),
            Array(xml.replacing("<a:_x>", with: "<a:_x>&#x20;\n<!-- 9 -->").utf8),
            Array(xml.replacing("3632", with: "36&#51;2").utf8),
        ]
        for form in forms {
            let image = try Documents.image(form)
            #expect(image.uniqueID == plain.uniqueID)
            #expect(image.acquired == plain.acquired)
            #expect(image.stage == plain.stage)
            #expect(image.beamShift == plain.beamShift)
            #expect(image.doseEPerA2 == plain.doseEPerA2)
            #expect(image.instrumentID == plain.instrumentID)
            #expect(image.camera?.name == plain.camera?.name)
        }
    }

    @Test(
        "What is no number is not recorded",
        arguments: ["NaN", "INF", "-INF", "1e400", "0,06", "0x1p-4", "", "1 2", "1e", "--1", "٣", "1.0f", "∞", "1_0"])
    func noNumber(text: String) throws {
        let image = try Documents.image(xml.replacing("<a:_x>0.060867246240377426", with: "<a:_x>\(text)"))
        #expect(image.beamShift == nil)
        #expect(image.stage != nil)
    }

    @Test("A field that is nil, or missing, is not recorded; of a repeated one the first counts")
    func fields() throws {
        #expect(try Documents.image(xml.replacing("<X>", with: "<X i:nil='true'/><X>")).stage == nil)
        #expect(try Documents.image(xml.replacing("BeamShift", with: "BeamShaft")).beamShift == nil)
        #expect(try Documents.image(xml.replacing("<X>", with: "<X>1E-6</X><X>")).stage?.x == 1)
        let twice = xml.replacing(
            "</MicroscopeImage>",
            with: "<microscopeData><core/><stage><Position><X>9</X><Y>9</Y></Position></stage></microscopeData>"
                + "<uniqueID>2</uniqueID></MicroscopeImage>")
        let (image, plain) = (try Documents.image(twice), try Documents.image(xml))
        #expect(image.stage == plain.stage)
        #expect(image.acquired == plain.acquired)
        #expect(image.epuVersion == plain.epuVersion)
        #expect(image.uniqueID == plain.uniqueID)
        let dose = "<a:Key>Dose</a:Key>"
        let doses = try Documents.image(xml.replacing(dose, with: dose + "<a:Value>8E+20</a:Value>"))
        #expect(doses.doseEPerA2 == 8)
    }

    @Test(
        "Another root is malformed", arguments: ["<Acquisition/>", "<microscopeImage/>", "<r><MicroscopeImage/></r>"])
    func otherRoot(text: String) { #expect(status(text) == .malformed) }

    @Test(
        "Nothing at all is incomplete: EPU has yet to write it",
        arguments: ["", " ", "\r\n\t ", "\u{0}\u{0}\u{0}\u{0}"])
    func nothing(text: String) { #expect(status(text) == .incomplete) }

    @Test(
        "What is no XML is malformed",
        arguments: [
            "rubbish", "\u{1}\u{2}", "%PDF-1.5", "{\"a\": 1}", "<MicroscopeImage></microscopeImage></MicroscopeImage>",
            "<MicroscopeImage/><MicroscopeImage/>", "<MicroscopeImage a='1' a='2'></MicroscopeImage>",
            "<MicroscopeImage>&unknown;</MicroscopeImage>", "<MicroscopeImage>\u{0}</MicroscopeImage>",
            "<MicroscopeImage>&#0;</MicroscopeImage>", "<MicroscopeImage a=1></MicroscopeImage>",
        ])
    func noXML(text: String) { #expect(status(text) == .malformed) }

    @Test(
        "A document type is malformed before anything that it names is read",
        arguments: [
            "<!DOCTYPE MicroscopeImage>", "<!DOCTYPE r SYSTEM 'file:///etc/passwd'>",
            "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
            "<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x.dtd'>%p;]>",
            "<!DOCTYPE r [<!ENTITY % a '<!ENTITY x \"y\">'>%a;]>",
            "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
                + (1...20).map {
                    "<!ENTITY a\($0) '\(String(repeating: "&a\($0 == 1 ? "" : "\($0 - 1)");", count: 10))'>"
                }
                .joined() + "]>",
        ])
    func documentType(type: String) {
        let refusal = Documents.refusal { () throws(Unusable) in _ = try Documents.image(type + xml) }
        #expect(refusal?.status == .malformed)
        #expect(refusal?.reason.contains("document type") == true)
        let map = Documents.refusal { () throws(Unusable) in
            _ = try Documents.holeMap(
                type + "<GridSquareXml><Id>1</Id></GridSquareXml>" + String(repeating: " ", count: 9000))
        }
        #expect(map?.status == .malformed)
    }

    @Test("Elements in elements, a hundred thousand deep, are malformed")
    func deep() {
        let deep = String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
        #expect(status("<MicroscopeImage>\(deep)</MicroscopeImage>") == .malformed)
        #expect(status(xml.replacing("<optics>", with: "<optics>" + deep)) == .malformed)
    }

    @Test("A long attribute, text or name is read or malformed, and the reason stays short")
    func long() throws {
        let long = String(repeating: "x", count: 1_000_000)
        #expect(try Documents.image(xml.replacing("<optics>", with: "<optics z='\(long)'>")).beamShift != nil)
        #expect(try Documents.image(xml.replacing("3632", with: long)).instrumentID?.count == long.count)
        #expect(try Documents.image(xml.replacing("<Name>", with: "<!--\(long)--><Name>")).camera?.name == "EF-CCD")
        let huge = String(repeating: long, count: 12)
        #expect(status(xml.replacing("<optics>", with: "<optics z='\(huge)'>")) == .malformed)
        let names = String(repeating: "n", count: 40_000)
        let refusal = Documents.refusal { () throws(Unusable) in _ = try Documents.image("<\(names)/>") }
        #expect(refusal?.status == .malformed)
        #expect(refusal?.reason.utf8.count ?? .max <= 500)
    }
}

@Suite("XML of more than EPU would write")
struct LargeXMLTests {
    @Test("Hundreds of thousands of attributes are malformed, before they are compared with one another")
    func manyAttributes() {
        let attributes = (1...300_000).map { " a\($0)='>'" }.joined()
        let image = Documents.refusal { () throws(Unusable) in
            _ = try Documents.image("<MicroscopeImage\(attributes)></MicroscopeImage>")
        }
        #expect(image?.status == .malformed)
        let map = Documents.refusal { () throws(Unusable) in
            _ = try Documents.holeMap("<GridSquareXml><Id\(attributes)>7</Id></GridSquareXml>")
        }
        #expect(map?.status == .malformed)
    }

    @Test("More than a million elements at once are malformed; foil holes that are forgotten may be more")
    func millionElements() throws {
        let million = String(repeating: "<a/>", count: 1 << 20)
        let image = Documents.refusal { () throws(Unusable) in
            _ = try Documents.image("<MicroscopeImage>\(million)</MicroscopeImage>")
        }
        #expect(image?.status == .malformed)
        let start = "<GridSquareXml><TargetLocationsEfficient><m_serializationArray>"
        let end = "</m_serializationArray></TargetLocationsEfficient><Id>7</Id></GridSquareXml>"
        let kept = Documents.refusal { () throws(Unusable) in _ = try Documents.holeMap(start + million + end) }
        #expect(kept?.status == .malformed)
        let hole = "<e><value><Id>5</Id></value></e>"
        let map = try Documents.holeMap(start + million + hole + end, forgets: true)
        #expect(map.square.gridSquare == 7)
        #expect(map.holes.map(\.foilHole) == [5])
    }

    /// As EPU's own file of some 700 foil holes.
    @Test("A document of many elements keeps its names until it was read", arguments: [true, false])
    func names(isWellFormed: Bool) throws {
        let entries = (1...20_000).map { "<e><key>\($0)</key><value><FileName>f\($0)</FileName></value></e>" }.joined()
        let text =
            "<EpuSessionXml><Name>s</Name><Samples><_items><SampleXml><GridSquares><m_serializationArray>\(entries)"
            + "</m_serializationArray></GridSquares></SampleXml></_items></Samples></EpuSessionXml>"
        guard isWellFormed else {
            let refusal = Documents.refusal { () throws(Unusable) in
                _ = try Documents.session(text.replacing("<Name>s", with: "<Name>\u{1}"))
            }
            #expect(refusal?.status == .malformed)
            return
        }
        let session = try Documents.session(text)
        #expect(session.name == "s")
        #expect(session.gridSquares.count == 20_000)
        #expect(session.gridSquares.last?.metadataName == "f20000")
    }
}
