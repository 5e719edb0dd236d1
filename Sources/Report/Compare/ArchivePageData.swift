import EPUArchive
import EPUCore

/// The data that the script of the archive's page reads: the sessions as columns of a table, and the trends of microscopes.
struct ArchivePageData {
    /// The share from which on its bar is full: few sessions have more, and smaller ones would not be seen beside a bar of all.
    static let fullBarPercent = 20

    let json: [UInt8]

    init(_ entries: [ArchivePage.Entry]) {
        var object = JSONObject()
        object.add("columns", ArchivePageColumn.all.map { $0.data(of: entries) })
        object.add("sortedBy", "started_at")
        object.add("fullBarPercent", Self.fullBarPercent)
        object.add("kinds", entries.map(\.status.kind.rawValue))
        object.add(
            "kindTexts",
            SessionStatus.Kind.allCases.reduce(into: JSONObject()) { $0.add($1.rawValue, $1.text) })
        object.add("links", entries.map(\.link))
        object.add(
            "times", entries.map { $0.figures.startedAt.flatMap { Timestamp(archiveText: $0)?.secondsSince1970 } })
        object.add("microscopes", InstrumentTrends.all(of: entries).map(\.data))
        json = object.bytes
    }
}
