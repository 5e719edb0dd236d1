import EPUShared

/// The optics groups that rows of a STAR file get in place of those that they had.
struct RegroupedOptics {
    /// What makes rows one group.
    struct Origin: Hashable {
        /// Its number before; nil: the table of rows has no such column.
        let old: Int?
        /// Index of the session, and the number of the session's group; nil: the archive has no exposure of that name.
        let session: Int?
        let group: Int?
    }

    private static let nameLabel = "_rlnOpticsGroupName"
    static let numberLabel = "_rlnOpticsGroup"

    /// `data_optics` as it is written.
    private(set) var table: StarLoop
    /// Numbers from 1 without gaps.
    private(set) var numbers: [Origin: Int] = [:]

    private struct OldGroup {
        let name: String
        let row: [String]
    }

    private struct NewGroup: Hashable, Comparable {
        let session: Int?
        let group: Int?
        /// Index of the old group.
        let old: Int

        /// By position, so that numbers are the archive's where each group comes from one old group.
        static func < (a: NewGroup, b: NewGroup) -> Bool {
            (a.session ?? .max, a.group ?? .max, a.old) < (b.session ?? .max, b.group ?? .max, b.old)
        }
    }

    /// - Parameters:
    ///   - old: `data_optics` as it was read.
    ///   - origins: that occur, with the line of the first row of each.
    /// - Throws: `Failure` where a row has a group that is not in the table, or the table lacks what it must have.
    init(_ old: StarLoop, _ origins: [Origin: Int], sessions: [OpticsSession], path: String) throws {
        guard let numberColumn = old.labels.firstIndex(of: Self.numberLabel) else {
            throw Failure("\(path): data_optics has no \(Self.numberLabel). The file is damaged.")
        }
        let nameColumn = old.labels.firstIndex(of: Self.nameLabel)
        table = StarLoop(block: old.block, labels: old.labels + (nameColumn == nil ? [Self.nameLabel] : []))
        var groups: [OldGroup] = []
        var places: [Int: Int] = [:]
        for row in old.rows {
            guard let number = Int(StarText.unquoted(row[numberColumn])),
                places.updateValue(groups.count, forKey: number) == nil
            else {
                throw Failure("\(path): data_optics has the group \(row[numberColumn]), which is no number, or twice.")
            }
            groups.append(
                OldGroup(name: nameColumn.map { StarText.unquoted(row[$0]) } ?? "opticsGroup\(number)", row: row))
        }
        for (origin, line) in origins.sorted(by: { $0.value < $1.value }) {
            if let number = origin.old {
                guard places[number] != nil else {
                    throw Failure("\(path), line \(line): optics group \(number) is not in data_optics.")
                }
            } else if groups.count != 1 {
                throw Failure(
                    "\(path), line \(line): the rows have no \(Self.numberLabel), and data_optics has "
                        + "\(counted(groups.count, "group")): which is theirs is not known.")
            }
        }
        // Without a column there is one old group.
        func key(_ origin: Origin) -> NewGroup {
            NewGroup(session: origin.session, group: origin.group, old: origin.old.flatMap { places[$0] } ?? 0)
        }
        var all = Set(origins.keys.map(key))
        all.formUnion(Self.groupsWithoutRows(all, groups.map(\.name), sessions))
        let order = all.sorted()
        let names = Self.names(order, groups.map(\.name), sessions)
        let numberOfGroup = Dictionary(order.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
        for origin in origins.keys { numbers[origin] = numberOfGroup[key(origin)] }
        for (index, group) in order.enumerated() {
            var row = groups[group.old].row
            let name = try StarText.quoted(names[index])
            row[numberColumn] = "\(index + 1)"
            if let nameColumn { row[nameColumn] = name } else { row.append(name) }
            table.rows.append(row)
        }
    }

    /// Groups that have no row here but may have some in other files of a session: all files are to have the same.
    private static func groupsWithoutRows(_ known: Set<NewGroup>, _ old: [String], _ sessions: [OpticsSession])
        -> [NewGroup]
    {
        let occurring = Set(known.compactMap(\.session))
        if old.count == 1 {
            return occurring.flatMap { session in
                sessions[session].groups.indices.map { NewGroup(session: session, group: $0 + 1, old: 0) }
            }
        }
        // A file that has the archive's groups already.
        guard let session = occurring.first, occurring.count == 1 else { return [] }
        let (olds, groups) = (Set(known.map(\.old)), Set(known.compactMap(\.group)))
        return sessions[session].groups.enumerated().compactMap { index, group in
            guard let place = old.firstIndex(of: group.name), !olds.contains(place), !groups.contains(index + 1) else {
                return nil
            }
            return NewGroup(session: session, group: index + 1, old: place)
        }
    }

    /// A name for each new group, no two alike: RELION takes groups of one name, in files that it joins, for one group.
    ///
    /// That of the position, as in other files of the session; with the session's name before it where there are several
    /// sessions, and the old group's where several old groups were divided.
    private static func names(_ groups: [NewGroup], _ old: [String], _ sessions: [OpticsSession]) -> [String] {
        let hasSessions = Set(groups.compactMap(\.session)).count > 1
        let isDivided = zip(groups, groups.dropFirst()).contains { first, next in
            first.session != nil && (first.session, first.group) == (next.session, next.group)
        }
        var taken: Set<String> = []
        return groups.map { new in
            var name = "unmatched"
            if let session = new.session, let group = new.group {
                name =
                    (hasSessions ? sessions[session].session.folderName + "_" : "")
                    + sessions[session].groups[group - 1].name
            }
            if new.session == nil || isDivided {
                name = old[new.old].hasSuffix(name) ? old[new.old] : old[new.old] + "_" + name
            }
            while !taken.insert(name).inserted { name += "_" }
            return name
        }
    }
}
