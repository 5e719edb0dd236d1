import EPUCore

/// Sessions of an archive side by side, each by its published analysis.
public struct SessionComparison: Sendable {
    public let sessions: [SessionFigures]
    /// The sessions whose figures these are, in the same order.
    public let rows: [SessionRow]

    /// Finds the figures of sessions.
    /// - Parameter each: It is called after every session, as many of them take minutes.
    public init(of rows: [SessionRow], in archive: Archive, each: () -> Void) throws {
        self.rows = rows
        sessions = try rows.map { session in
            defer { each() }
            return try archive.read { try SessionFigures(of: session, $0) }
        }
    }

    /// The sentences that a reader must know before comparing.
    public var warnings: [String] {
        let without = sessions.filter { $0.analysis == nil }.map(\.session)
        let old = sessions.filter { $0.analysis != nil && $0.analysis?.incidents == nil }.map(\.session)
        let retold = sessions.filter { $0.analysis?.incidents != nil && $0.analysis?.isOutdated == true }.map(\.session)
        let outdated = sessions.filter { $0.analysis.map { $0.notJudged > 0 } ?? false }
        let inPart = sessions.filter { $0.analysis.map { !$0.notCompared.isEmpty } ?? false }
        let missing = sessions.filter { $0.analysis?.missingPublished != nil }.map(\.session)
        let undetermined = sessions.filter { $0.analysis?.unknowns.isUndetermined ?? false }
        let unread = sessions.filter { $0.analysis.map { $0.unread > 0 } ?? false }
        let exposures = outdated.reduce(0) { $0 + ($1.analysis?.notJudged ?? 0) }
        return [
            without.isEmpty ? nil : "\(Self.list(without)) not analysed yet: run `epu-analyze`.",
            missing.isEmpty
                ? nil
                : "\(Self.list(missing)) the analysis that was published by name no longer holds, so another one is shown: run "
                    + "`epu-analyze` again.",
            outdated.isEmpty
                ? nil
                : "\(Self.list(outdated.map(\.session))) \(counted(exposures, "exposure")) later than the analysis: run "
                    + "`epu-analyze` again.",
            retold.isEmpty
                ? nil
                : "\(Self.list(retold)) causes are told again by the next `epu-analyze`, from what was read after the analysis "
                    + "or by newer rules.",
            inPart.isEmpty
                ? nil
                : "\(Self.list(inPart.map(\.session))) what earlier sessions of the grid had exposed is not known of all: "
                    + "`epu-report summary` names them.",
            undetermined.isEmpty
                ? nil
                : "\(Self.list(undetermined.map(\.session))) \(OverlapCriteria.undeterminedText), as no matrix from beam shift "
                    + "to stage could be determined: see `epu-analyze calibrate`.",
            unread.isEmpty
                ? nil
                : "\(Self.list(unread.map(\.session))) \(counted(unread.reduce(0) { $0 + ($1.analysis?.unread ?? 0) }, "exposure")) "
                    + "could not be read: the view source_problems has the files.",
            old.isEmpty ? nil : "\(Self.list(old)) analysed by an older version: run `epu-analyze` for incidents.",
        ].compactMap { $0 }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "") + ":"
    }
}
