import Testing

@testable import EPUFormat

@Suite("XML is read without trust")
struct XMLReaderTests {
    private func read<T>(_ bytes: [UInt8], _ body: (XMLElement) -> T) throws -> T {
        try bytes.withUnsafeBytes { try XMLReader().read($0) { root throws(Unusable) in body(root) } }
    }

    private func failure(_ text: String) -> String? {
        do {
            try read(Array(text.utf8)) { _ in }
            return nil
        } catch {
            return (error as? Unusable)?.reason
        }
    }

    @Test("Elements are found by local name, whatever the prefix")
    func localNames() throws {
        let text = "<a:r xmlns:a='u' xmlns:b='v'>\n <b:c> 1.5\n</b:c><a:c>2</a:c></a:r>"
        try read(Array(text.utf8)) { root in
            #expect(root.isNamed("r"))
            #expect(root["c"]?.number == 1.5)
            #expect(Array(root.children).count == 2)
            #expect(root["d"] == nil)
        }
    }

    @Test(
        "Only what EPU writes as numbers is a number",
        arguments: [
            ("1", 1.0), ("-5E-07", -5e-7), ("9.499999999999999E-07", 9.499999999999999e-7), ("-0", 0),
            ("1,5", nil), ("NaN", nil), ("INF", nil), ("1e400", nil), ("0x1p3", nil), ("", nil), ("1 2", nil),
        ] as [(String, Double?)])
    func numbers(text: String, value: Double?) throws {
        #expect(try read(Array("<r>\(text)</r>".utf8)) { $0.number } == value)
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
        let bytes: [UInt8] = [0x3C, 0x72, 0x3E, 0xFF, 0xFE, 0x3C, 0x2F, 0x72, 0x3E]
        #expect(throws: Unusable.self) { try read(bytes) { _ in } }
    }
}
