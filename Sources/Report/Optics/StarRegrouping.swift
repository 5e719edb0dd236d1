import EPUArchive
import EPUCore
import Foundation

/// Puts the optics groups of an archive into a STAR file of RELION 3.1 to 5, and separates its rows by the verdict.
///
/// The file is read twice, the first time for the groups that occur. It is copied byte by byte, except for the numbers of groups
/// and the table of them. So memory does not grow with its rows.
struct StarRegrouping {
    let path: String
    let index: ExposureIndex
    let dropsUnmatched: Bool

    let counts: Counts
    /// The indices of the sessions of which the file has rows.
    let sessions: Set<Int>
    /// The state of the file when it was read first.
    private let state: FileState
    private let regrouped: RegroupedOptics
    private let lineBreak: String

    // MARK: - The first reading

    /// Reads the file and changes nothing.
    /// - Throws: `Failure` with the line if the file is damaged, if it is not a file of RELION 3.1 to 5, or if the archive has
    ///   none of its names.
    init(_ path: String, _ index: ExposureIndex, dropsUnmatched: Bool) throws {
        var counts = Counts()
        // Each origin comes with its first line.
        var origins: [RegroupedOptics.Origin: Int] = [:]
        var optics = OpticsTableReader()
        var columns = StarColumns()
        var kind = StarKind()
        var lineBreak = "\n"
        state = try StarFile(path: path).forEachLine { line, place in
            kind.follow(line, place)
            if place.number == 1, line.count > 1, line[line.count - 2] == UInt8(ascii: "\r") { lineBreak = "\r\n" }
            guard place.table.block != "optics" else { return try optics.read(line, place, path: path) }
            guard case .row = place.line else { return }
            columns.follow(place.table)
            guard !columns.names.isEmpty else { return }
            let match = try StarRowMatch(line, place, columns, index, path: path)
            counts.add(match, dropsUnmatched: dropsUnmatched) { columns.name(line, place.values) }
            if origins[match.origin] == nil, match.entry != nil || !dropsUnmatched {
                origins[match.origin] = place.number
            }
        }
        let sessions = Set(origins.keys.compactMap(\.session))
        try Self.check(path, counts, sessions.sorted().map { index.sessions[$0] }, kind, hasOptics: optics.table != nil)
        guard let table = optics.table else { throw kind.noOptics(path) }
        regrouped = try RegroupedOptics(table, origins, sessions: index.sessions, path: path)
        counts.opticsGroups = regrouped.table.rows.count
        counts.groupsWithoutPixelSize = regrouped.withoutPixelSize
        (self.path, self.index, self.dropsUnmatched) = (path, index, dropsUnmatched)
        (self.counts, self.sessions, self.lineBreak) = (counts, sessions, lineBreak)
    }

    private static func check(
        _ path: String, _ counts: Counts, _ sessions: [OpticsSession], _ kind: StarKind, hasOptics: Bool
    ) throws {
        guard counts.rows > 0 else {
            if let list = kind.list { throw Failure("\(path): data_\(list) is a list. Write it as a loop_.") }
            if kind.hasVersion, !hasOptics { throw kind.noOptics(path) }
            throw Failure(
                "\(path) has no row with \(StarColumns.nameLabels.joined(separator: ", ")): no movies, "
                    + "micrographs or particles.")
        }
        guard counts.matched > 0 else {
            throw Failure(
                "The archive has no exposure of \(path), such as \(counts.unmatchedNames[0]). Load its session with "
                    + "`epu-ingest`, or name the archive with --db.")
        }
        if let session = sessions.first(where: { $0.numbered == 0 }) {
            throw Failure(
                "\(session.session.name) has no optics groups, and \(path) its exposures. Run `epu-analyze` first.")
        }
    }

    // MARK: - The second reading

    /// Writes the files, while the file is read a second time.
    /// - Throws: `Failure` if a file cannot be written, or if the one that is read was changed meanwhile.
    func write(to outputs: StarSplit.Paths) throws {
        let numbers = regrouped.numbers.mapValues { Array("\($0)".utf8) }
        var split = try StarSplit(outputs)
        let analyses = sessions.sorted().map { index.choices[$0]?.text }
        try split.write(StarComment.line(analyses, lineBreak: lineBreak))
        var columns = StarColumns()
        var optics = OpticsTableWriter(regrouped.table, lineBreak: lineBreak)
        var table = 0
        let state = try StarFile(path: path).forEachLine(mostValues: StarColumns.valuesToReplace) { line, place in
            if place.table.block == "optics" { return try optics.take(line, place, &split) }
            try optics.finish(&split)
            if place.number == 1, StarComment.isOurs(line) { return }
            guard case .row = place.line else { return try split.write(line) }
            columns.follow(place.table)
            guard !columns.names.isEmpty else { return try split.write(line) }
            if place.table.number != table, columns.group == nil {
                try split.write("\(RegroupedOptics.numberLabel) #\(place.table.labels.count + 1)" + lineBreak)
            }
            table = place.table.number
            let match = try StarRowMatch(line, place, columns, index, path: path)
            guard match.entry != nil || !dropsUnmatched else { return }
            guard let number = numbers[match.origin] else { throw FileState.changed(path) }
            try split.write(
                line, replacing: columns.replaced(place.values), with: number, isBad: match.entry?.isBad ?? false)
        }
        guard state == self.state else { throw FileState.changed(path) }
        try optics.finish(&split, isAtEnd: true)
        try split.commit()
    }
}
