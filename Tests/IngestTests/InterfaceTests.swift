import EPUArchive
import EPUCore
import EPUFormat
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

/// What scripts and SQL of other people rest on.
@Suite("The interface")
struct InterfaceTests {
    private static let file = "Tests/SharedTests/Fixtures/interface.txt"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Views first: they are made for people.
    private func columns() throws -> [String] {
        try Archive(folder["new.db"], access: .create).read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT type || ' ' || name || ': ' || (
                        SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) ORDER BY cid))
                    FROM sqlite_schema t
                    WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'placement_index_%'
                    ORDER BY type DESC, name
                    """
            ).map { $0[0] }
        }
    }

    private static func words() -> [String] {
        func line(_ name: String, _ words: [String]) -> String { "\(name) is one of: " + words.joined(separator: ", ") }
        return [
            line("source_file.status", FileStatus.allCases.map(\.rawValue)),
            line("source_file.kind", SourceKind.allCases.map(\.rawValue)),
            line("overlap.cause", OverlapCause.allCases.map(\.rawValue)),
            line("calibration.method", CalibrationMethod.allCases.map(\.rawValue)),
            line("calibration.verdict", CalibrationVerdict.allCases.map(\.rawValue)),
        ]
    }

    /// With what status a tool ends, found by having it end so.
    private func exits() throws -> [String] {
        let exposure = "session/Images-Disc1/GridSquare_1/Data/FoilHole_1_Data_2_3_20250108_154915.xml"
        try folder.write(exposure, "<broken")
        let ingest = ["--db", folder["a.db"], folder["session"]]
        let cases: [(String, [String])] = [
            ("done, whatever was found", ingest), ("failed", ["--db", folder["a.db"], folder["missing"]]),
            ("done, but with files that cannot be used, under --strict", ["--strict"] + ingest),
            ("wrong usage", ["--no-such-option"]),
        ]
        return try cases.map { meaning, arguments in
            "exit status \(try ToolRun.run("epu-ingest", arguments).status): \(meaning)"
        }
    }

    @Test("Views, columns, commands, options and words change with a line in the changelog")
    func snapshot() throws {
        let options = try ["epu-ingest", "epu-analyze", "epu-report", "epu-simulate"].flatMap { tool in
            try ToolHelp(of: tool).lines
        }
        let present = Snapshot(Self.file, try options + exits() + Self.words() + columns())
        let changes = try present.changes()
        #expect(
            changes == nil,
            """
            What scripts rest on has changed:
            \(changes ?? "")
            If that is meant, add a line to CHANGELOG.md under Unreleased, and run: \(Snapshot.command("InterfaceTests"))
            """)

        // The mark at the newest line that tells of a change; it is a comment, which Markdown does not show.
        let mark = "<!-- interface \(fingerprint(present.text)) -->"
        let changelog = try Project.text("CHANGELOG.md").split(separator: "\n")
        let newest = changelog.first { $0.contains("<!-- interface ") }
        #expect(
            newest?.hasSuffix(mark) == true,
            """
            The changelog does not tell of the last change of what scripts rest on. Above all others of its kind in \
            CHANGELOG.md, under Unreleased, there has to be a line like:
            - What has changed for scripts, in a sentence. \(mark)
            """)
        #expect(
            newest?.firstMatch(of: /^- (?:\S+ ){5,}<!--/) != nil,
            "The mark in CHANGELOG.md stands behind a sentence that says what has changed.")
    }
}
