import GRDB

/// The roots of the parts of sessions that a person split.
extension FolderRoots {
    /// Finds the parts that have the folder already.
    mutating func findParts(_ db: Database) throws {
        families = try ([main] + others).compactMap(\.sessionID).map { try SplitFamily(base: $0, db) }
            .filter { !$0.splits.isEmpty }
        parts = try families.flatMap { family in
            try family.parts.compactMap { member in
                try Int64.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT session_root_id FROM session_root WHERE path = ? AND session_id = ?"),
                    arguments: [folder.path, member]
                ).map { root(id: $0, part: member, of: family) }
            }
        }
    }

    /// Gives the folder to all parts, as its files may belong to any. Those that stay empty are taken out at the end of a run.
    mutating func addParts(_ db: Database) throws {
        for family in families {
            for member in family.parts where !parts.contains(where: { $0.sessionID == member }) {
                parts.append(root(id: try Self.add(folder.path, member, db), part: member, of: family))
            }
        }
    }

    /// The root of a part; a part that was removed is made again.
    mutating func root(of split: SplitFamily.Split, _ db: Database) throws -> Int64? {
        if let known = all.first(where: { $0.sessionID == split.part }) { return known.id }
        let family = families.first { $0.splits.contains { $0.id == split.id } }
        let instrument = try family.flatMap { try Instrument.ofSession($0.base, db) }
        let part = try NewSession.create(split.partName, instrument, db)
        try SplitFamily.replace(split.part, by: part, db)
        try findParts(db)
        try addParts(db)
        return all.first { $0.sessionID == part }?.id
    }

    private func root(id: Int64, part: Int64, of family: SplitFamily) -> Root {
        Root(id: id, sessionID: part, instrument: all.first { $0.sessionID == family.base }?.instrument)
    }

    /// The family of a root's session; nil where nobody split that.
    func family(of root: Root) -> SplitFamily? {
        families.first { family in root.sessionID.map(family.members.contains) ?? false }
    }

    func family(ofRoot id: Int64) -> SplitFamily? { root(of: id).flatMap(family(of:)) }

    /// The root of the session that a part was taken out of; that root itself where it is no part's.
    func base(of root: Root) -> Int64 {
        family(of: root).flatMap { family in all.first { $0.sessionID == family.base } }?.id ?? root.id
    }
}
