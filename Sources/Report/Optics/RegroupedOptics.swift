import EPUArchive
import EPUCore
import Foundation

/// The optics groups that rows of a STAR file get in place of their old ones.
struct RegroupedOptics {
    /// Where rows come from: those with equal values become one group.
    struct Origin: Hashable {
        /// The old number of the group; nil if the table of rows has no such column.
        let old: Int?
        /// The index of the session, and the number of the session's group; nil if the archive has no exposure of that name.
        let session: Int?
        let group: Int?
    }

    private static let nameLabel = "_rlnOpticsGroupName"
    static let numberLabel = "_rlnOpticsGroup"

    /// The `data_optics` that is written.
    private(set) var table: StarLoop
    /// The numbers of the new groups, from 1 without gaps.
    private(set) var numbers: [Origin: Int] = [:]

    /// The names of groups without a pixel size of any kind.
    var withoutPixelSize: [String] {
        let columns = table.labels.indices.filter { table.labels[$0].hasSuffix("PixelSize") }
        let names = table.labels.firstIndex(of: Self.nameLabel)
        return table.rows.filter { row in
            !columns.contains { (Double(StarText.unquoted(row[$0])) ?? 0) > 0 }
        }.map { row in names.map { StarText.unquoted(row[$0]) } ?? "" }
    }

    private struct OldGroup {
        let name: String
        let row: [String]
    }

    private struct NewGroup: Hashable, Comparable {
        let session: Int?
        let group: Int?
        /// The index of the old group.
        let old: Int

        /// Sorts by position, so that numbers are the archive's if each group comes from one old group.
        static func < (a: NewGroup, b: NewGroup) -> Bool {
            (a.session ?? .max, a.group ?? .max, a.old) < (b.session ?? .max, b.group ?? .max, b.old)
        }
    }

    /// - Parameters:
    ///   - old: the `data_optics` that was read.
    ///   - origins: the origins of the rows, each with the line of its first row.
    /// - Throws: `Failure` if a row has a group that is not in the table, or if the table lacks a column or a group that it must
    ///   have.
    init(_ old: StarLoop, _ origins: [Origin: Int], sessions: [OpticsSession], path: String) throws {
        guard let numberColumn = old.labels.firstIndex(of: Self.numberLabel) else {
            throw Failure("\(path): data_optics has no \(Self.numberLabel). The file is damaged.")
        }
        let nameColumn = old.labels.firstIndex(of: Self.nameLabel)
        table = StarLoop(block: old.block, labels: old.labels + (nameColumn == nil ? [Self.nameLabel] : []))
        var groups: [OldGroup] = []
        var places: [Int: Int] = [:]
        for row in old.rows {
            guard let number = StarText.integer(StarText.unquoted(row[numberColumn])),
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

    /// Groups that have no row here but may have some in other files of a session: all files are to have the same groups.
    ///
    /// Each comes from the old group of its name, if the file has the archive's groups already; else from the one old group of
    /// all the session's rows, if there is only one.
    private static func groupsWithoutRows(_ known: Set<NewGroup>, _ old: [String], _ sessions: [OpticsSession])
        -> [NewGroup]
    {
        let taken = Set(known.map(\.old))
        let places = Dictionary(old.enumerated().map { ($1, $0) }) { first, _ in first }
        return Dictionary(grouping: known.filter { $0.session != nil }, by: \.session).flatMap { session, own in
            let groups = session.map { sessions[$0].groups } ?? []
            let (present, olds) = (Set(own.map(\.group)), Set(own.map(\.old)))
            let single = olds.count == 1 ? olds.first : nil
            let hasNames = single.map { place in groups.contains { $0.name == old[place] } } ?? true
            return groups.enumerated().compactMap { index, group -> NewGroup? in
                guard !present.contains(index + 1) else { return nil }
                let named = hasNames ? places[group.name].flatMap { taken.contains($0) ? nil : $0 } : nil
                return (named ?? single).map { NewGroup(session: session, group: index + 1, old: $0) }
            }
        }
    }

    /// A name for each new group, all of them different: in files that it joins, RELION takes groups of one name for one group.
    ///
    /// The name is that of the position, as in other files of the session. If several old groups were divided, the name of the
    /// old group stands before it.
    private static func names(_ groups: [NewGroup], _ old: [String], _ sessions: [OpticsSession]) -> [String] {
        let isDivided = zip(groups, groups.dropFirst()).contains { first, next in
            first.session != nil && (first.session, first.group) == (next.session, next.group)
        }
        let folders = Set(sessions.map(\.session.folderName))
        let bases = isDivided ? old.map { base($0, folders) } : []
        var taken: Set<String> = []
        return groups.map { new in
            var name: String
            if let session = new.session, let group = new.group {
                name = sessions[session].groups[group - 1].name
                if isDivided, !bases[new.old].isEmpty { name = bases[new.old] + "_" + name }
            } else {
                name = old[new.old].hasSuffix("unmatched") ? old[new.old] : old[new.old] + "_unmatched"
            }
            while !taken.insert(name).inserted { name += "_" }
            return name
        }
    }

    /// The name of an old group without what an earlier division added to it: `data1` of `data1_SESSION_opticsGroup19`.
    private static func base(_ name: String, _ sessions: Set<String>) -> String {
        guard let tail = name.range(of: "opticsGroup([0-9]+|_unplaced[0-9]*)_*$", options: .regularExpression) else {
            return name
        }
        var rest = name[..<tail.lowerBound]
        func dropUnderscore() { if rest.last == "_" { rest.removeLast() } }
        dropUnderscore()
        let ends = sessions.filter { rest == $0 || rest.hasSuffix("_" + $0) }
        if let longest = ends.max(by: { $0.count < $1.count }) { rest.removeLast(longest.count) }
        dropUnderscore()
        return String(rest)
    }
}
