import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Name the analysis that reports show, or list which they show.",
        discussion: """
            Reports show one analysis of each session: the one that was named here; else the default one, which a plain \
            `epu-analyze` makes; else the first that was made. What `overlaps` finds with other criteria changes no report \
            until it is published. A named analysis stays until another is named, or --default goes back; when its session \
            has grown, the next plain `epu-analyze` makes it again with its own criteria. The view analyses lists all.

            EXAMPLE
              epu-analyze publish --db archive.db 1
              epu-analyze publish --db archive.db --default
              epu-analyze publish --db archive.db
            """)

    @Argument(help: ArgumentHelp("An analysis by its id, as `overlaps` prints it.", valueName: "id"))
    var analysis: Int64?

    @Flag(name: .customLong("default"), help: "Take back what was named: the default analysis is published again.")
    var isDefault = false

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard analysis == nil || !isDefault else {
            throw ValidationError("Name an analysis, or give --default, not both.")
        }
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        if analysis == nil, !isDefault {
            let rows = try archive.read { db in
                try SessionRow.select(db, names: sessions.names).map { try PublishedRow(of: $0, db) }
            }
            return output.json ? try Console.result(json: rows) : Console.result(PublishedRow.text(rows))
        }
        let changes = try archive.write { db in
            try chosen(db).map { session in
                let before = try PublishedRow(of: session, db)
                if let analysis {
                    try PublishedAnalysis.publish(analysis, for: session, at: .now, db)
                } else {
                    try PublishedAnalysis.forget(session.sessionID, db)
                }
                return (before: before, now: try PublishedRow(of: session, db))
            }
        }
        if output.json { return try Console.result(json: changes.map(\.now)) }
        Console.result(changes.map { Self.text(before: $0, now: $1) }.joined(separator: "\n"))
    }

    /// The sessions that were asked for; if none was and an analysis is given, all sessions that it judges.
    private func chosen(_ db: Database) throws -> [SessionRow] {
        let selected = try SessionRow.select(db, names: sessions.names)
        guard let analysis, sessions.names.isEmpty else { return selected }
        let judged = try ComparedAnalysis(analysis, db).sessionIDs
        return selected.filter { judged.contains($0.sessionID) }
    }

    private static func text(before: PublishedRow, now: PublishedRow) -> String {
        guard let sentence = now.sentence else {
            return "\(now.session): not analysed yet, so reports show nothing of it: run `epu-analyze`"
        }
        let line = "\(now.session): reports show \(sentence)"
        guard let old = before.sentence, before.analysisID != now.analysisID else { return line }
        return line + ", in place of \(old)"
    }
}
