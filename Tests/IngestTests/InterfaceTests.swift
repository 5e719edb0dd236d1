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
    /// The tools, each with the folder of its sources.
    private static let folders: [(tool: String, folder: String)] = [
        ("epu-ingest", "Ingest"), ("epu-analyze", "Analyze"), ("epu-report", "Report"),
        ("epu-simulate", "Simulate"),
    ]
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

    /// The commands that have an option, by the lines of the tools' help.
    private static func commands(with option: String, in lines: [String]) -> [String] {
        lines.filter { $0.hasSuffix(" [\(option)]") }.map { String($0.dropLast(option.count + 3)) }
    }

    /// The statuses that the sources of a tool name.
    private static func namedStatuses(_ folder: String) throws -> Set<Int32> {
        Set(
            try Project.files(in: "Sources/" + folder, suffix: ".swift").flatMap { file in
                try Project.text(file).matches(of: /ExitCode\((\d+)\)/).compactMap { Int32($0.1) }
            })
    }

    @Test(
        "Views, columns, commands, options, words, statuses, keys of JSON and columns of CSV change with a line in the changelog"
    )
    func snapshot() throws {
        let options = try Self.folders.flatMap { try ToolHelp(of: $0.tool).lines }
        let printed = try PrintedInterface()
        for (tool, folder) in Self.folders {
            let named = try Self.namedStatuses(folder)
            #expect(
                named.isSubset(of: printed.statuses(of: tool)),
                "\(tool) may end with \(named.sorted()): let PrintedInterface have it end with each of them.")
        }
        let present = Snapshot(
            Self.file,
            try options + printed.lines(of: Self.commands(with: "--json", in: options)) + Self.words() + columns())
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
