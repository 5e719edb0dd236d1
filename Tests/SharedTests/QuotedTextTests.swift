import EPUCore
import Testing

@Suite("Quoted text")
struct QuotedTextTests {
    @Test("A quote is written in another way, also where an accent follows it and makes it another character")
    func accents() {
        #expect(shellWord("it's") == "'it'\\''s'")
        let hostile = "x'\u{301} ; echo '"
        #expect(Array(shellWord(hostile).utf8) == Array("'x'\\''\u{301} ; echo '\\'''".utf8))
        #expect(Array("a\"\u{301},b".quoted(with: "\"", escapedAs: "\"\"").utf8) == Array("\"a\"\"\u{301},b\"".utf8))
        #expect("".quoted(with: "'", escapedAs: "''") == "''")
    }
}
