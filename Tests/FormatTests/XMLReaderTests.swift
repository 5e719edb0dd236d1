import Testing

@testable import epu_ingest

@Suite("XML is read without trust")
struct XMLDocumentTests {
    private func failure(_ text: String) -> String? {
        do throws(XMLFailure) {
            _ = try XMLDocument(Array(text.utf8))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("Elements are found by local name, whatever the prefix")
    func localNames() throws {
        let root = try #require(
            try XMLDocument(Array("<a:r xmlns:a='u' xmlns:b='v'>\n <b:c> 1.5\n</b:c><a:c>2</a:c></a:r>".utf8)).root)
        #expect(root.isNamed("r"))
        #expect(root["c"]?.number == 1.5)
        #expect(root.children.count == 2)
        #expect(root["d"] == nil)
    }

    @Test(
        "Only what EPU writes as numbers is a number",
        arguments: [
            ("1", 1.0), ("-5E-07", -5e-7), ("9.499999999999999E-07", 9.499999999999999e-7), ("-0", 0),
            ("1,5", nil), ("NaN", nil), ("INF", nil), ("1e400", nil), ("0x1p3", nil), ("", nil), ("1 2", nil),
        ] as [(String, Double?)])
    func numbers(text: String, value: Double?) throws {
        #expect(try XMLDocument(Array("<r>\(text)</r>".utf8)).root?.number == value)
    }

    @Test(
        "Entities, document types, deep nesting and rubbish are refused",
        arguments: [
            "", "   ", "hello", "<r>", "<r></r><r/>", "<r>\u{0}</r>",
            "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
            "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><r>&b;</r>",
            "<!DOCTYPE r><r/>",
            String(repeating: "<r>", count: 100_000) + String(repeating: "</r>", count: 100_000),
        ])
    func refused(text: String) { #expect(failure(text) != nil) }

    @Test("Bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: XMLFailure.self) { try XMLDocument([0x3C, 0x72, 0x3E, 0xFF, 0xFE, 0x3C, 0x2F, 0x72, 0x3E]) }
    }
}
