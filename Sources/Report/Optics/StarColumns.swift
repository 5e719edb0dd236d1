/// The columns that matter in a table of movies, micrographs or particles.
struct StarColumns {
    /// A particle's image has the micrograph's name, too, but not after every program.
    static let nameLabels = ["_rlnMicrographName", "_rlnMicrographMovieName", "_rlnImageName"]

    /// The table that they are of.
    private var table = 0
    private var labels = 0
    /// In the order in which they are tried; none where the table has no names of micrographs.
    private(set) var names: [Int] = []
    /// Nil: there is none.
    private(set) var group: Int?

    /// Finds them anew where a row belongs to another table than the last one.
    mutating func follow(_ table: StarFile.Table) {
        guard self.table != table.number else { return }
        self.table = table.number
        labels = table.labels.count
        names = table.isLoop ? Self.nameLabels.compactMap { table.labels.firstIndex(of: $0) } : []
        group = table.labels.firstIndex(of: RegroupedOptics.numberLabel)
    }

    /// How many values of a row must be read to replace its group.
    static func valuesToReplace(_ table: StarFile.Table) -> Int {
        var columns = StarColumns()
        columns.follow(table)
        guard let last = columns.names.max() else { return 0 }
        return columns.group.map { max($0, last) + 1 } ?? columns.labels
    }

    /// For people.
    func name(_ line: UnsafeRawBufferPointer, _ values: StarValues) -> String {
        String(decoding: StarValues.content(values.places[names[0]], of: line), as: UTF8.self)
    }

    /// The place of the number of the group, or the empty one behind the last value.
    func replaced(_ values: StarValues) -> Range<Int> {
        if let group { return values.places[group] }
        let end = values.places.last?.upperBound ?? 0
        return end..<end
    }
}
