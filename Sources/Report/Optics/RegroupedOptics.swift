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
        var groups: [(number: Int, group: OldGroup)] = []
        for row in old.rows {
            guard let number = Int(StarText.unquoted(row[numberColumn])), !groups.contains(where: { $0.number == number })
            else {
                throw Failure("\(path): data_optics has the group \(row[numberColumn]), which is no number, or twice.")
            }
            let name = nameColumn.map { StarText.unquoted(row[$0]) } ?? "opticsGroup\(number)"
            groups.append((number, OldGroup(name: name, row: row)))
        }
        for (origin, line) in origins.sorted(by: { $0.value < $1.value }) {
            if let number = origin.old {
                guard groups.contains(where: { $0.number == number }) else {
                    throw Failure("\(path), line \(line): optics group \(number) is not in data_optics.")
                }
            } else if groups.count != 1 {
                throw Failure(
                    "\(path), line \(line): the rows have no \(Self.numberLabel), and data_optics has "
                        + "\(counted(groups.count, "group")): which is theirs is not known.")
            }
        }
        var all = Set(origins.keys)
        if groups.count == 1 {
            // Every file of a session has the same groups then, whichever of them occur.
            let olds = Set(all.map(\.old))
            for session in Set(all.compactMap(\.session)) {
                for group in sessions[session].groups.indices {
                    all.formUnion(olds.map { Origin(old: $0, session: session, group: group + 1) })
                }
            }
        }
        let places = Dictionary(groups.enumerated().map { ($1.number, $0) }) { first, _ in first }
        // Without a column there is one old group.
        func place(_ origin: Origin) -> Int { origin.old.flatMap { places[$0] } ?? 0 }
        let byNewGroup = Dictionary(grouping: all) { [place($0), $0.session ?? .max, $0.group ?? .max] }
        let order = byNewGroup.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let names = Self.names(order, groups.map(\.group.name), sessions)
        for (index, key) in order.enumerated() {
            var row = groups[key[0]].group.row
            let name = try StarText.quoted(names[index])
            row[numberColumn] = "\(index + 1)"
            if let nameColumn { row[nameColumn] = name } else { row.append(name) }
            table.rows.append(row)
            for origin in byNewGroup[key] ?? [] { numbers[origin] = index + 1 }
        }
    }

    /// A name for each new group, no two alike: RELION takes groups of one name, in files that it joins, for one group.
    ///
    /// That of the position, as in other files of the session; with the session's name before it where there are several
    /// sessions, and the old group's where several old groups were divided.
    private static func names(_ keys: [[Int]], _ old: [String], _ sessions: [OpticsSession]) -> [String] {
        let placed = keys.filter { $0[1] != .max }
        let hasSessions = Set(placed.map { $0[1] }).count > 1
        let isDivided = Set(placed.map { $0[1...] }).count < placed.count
        var taken: Set<String> = []
        return keys.map { key in
            var name: String
            if key[1] == .max {
                name = old[key[0]].hasSuffix("_unmatched") ? old[key[0]] : old[key[0]] + "_unmatched"
            } else {
                let session = sessions[key[1]]
                name = (hasSessions ? session.session.folderName + "_" : "") + session.groups[key[2] - 1].name
                if isDivided { name = old[key[0]].hasSuffix(name) ? old[key[0]] : old[key[0]] + "_" + name }
            }
            while !taken.insert(name).inserted { name += "_" }
            return name
        }
    }
}
