import EPUCore
import TestSupport
import Testing

@Suite("The rules that tell causes and their version")
struct CauseRulesVersionTests {
    @Test("Rules that have changed have another version, or give the same causes as before")
    func fingerprints() throws {
        let files = try Project.files(in: "Sources/Analyze/Causes", suffix: ".swift")
        #expect(!files.isEmpty)
        let changes = try Snapshot(
            "Tests/SharedTests/Fixtures/cause-rules.txt",
            ["rulesVersion \(OverlapCause.rulesVersion)"]
                + files.map { "\($0), fingerprint \(fingerprint(bareSwift(try Project.text($0))))" }
        ).changes()
        #expect(
            changes == nil,
            """
            The code that tells causes, clusters and incidents has changed:
            \(changes ?? "")
            If any session may now get another cause or incident, raise OverlapCause.rulesVersion, so that results of the \
            old rules are found again. If all results are the same, leave it. Then run: \
            \(Snapshot.command("CauseRulesVersionTests"))
            """)
    }

    @Test("A comment and the layout are free; a word, and what stands in quotes, is not")
    func bare() {
        let plain = bareSwift(
            """
            /// Why.
            let a = 1 // "one
            /* and
               so on */ let b = "x // \\" y"  +  c
            """)
        #expect(plain == #"leta=1letb="x // \" y"+c"#)
        #expect(fingerprint(plain) != fingerprint(plain.replacing("+", with: "-")))
    }
}
