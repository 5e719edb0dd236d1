/// The columns that matter in a table of movies, micrographs or particles.
struct StarColumns {
    /// The labels of columns with names of micrographs. The image of a particle also has the micrograph's name in it, but not
    /// from every program.
    static let nameLabels = ["_rlnMicrographName", "_rlnMicrographMovieName", "_rlnImageName"]

    /// The number of the table to which the columns belong.
    private var table = 0
    private var labels = 0
    /// The columns with names, in the order in which they are tried; empty if the table has no names of micrographs.
    private(set) var names: [Int] = []
    /// The column with the number of the optics group; nil if there is none.
    private(set) var group: Int?

    /// Finds the columns again when a row belongs to another table than the last one.
    mutating func follow(_ table: StarFile.Table) {
        guard self.table != table.number else { return }
        self.table = table.number
        labels = table.labels.count
        names = table.isLoop ? Self.nameLabels.compactMap { table.labels.firstIndex(of: $0) } : []
        group = table.labels.firstIndex(of: RegroupedOptics.numberLabel)
    }

    /// The number of values of a row that must be read to replace its group.
    static func valuesToReplace(_ table: StarFile.Table) -> Int {
        var columns = StarColumns()
        columns.follow(table)
        guard let last = columns.names.max() else { return 0 }
        return columns.group.map { max($0, last) + 1 } ?? columns.labels
    }

    /// The name in a row, as it is shown to people.
    func name(_ line: UnsafeRawBufferPointer, _ values: StarValues) -> String {
        String(decoding: StarValues.content(values.places[names[0]], of: line), as: UTF8.self)
    }

    /// The place of the group's number, or the empty place after the last value.
    func replaced(_ values: StarValues) -> Range<Int> {
        if let group { return values.places[group] }
        let end = values.places.last?.upperBound ?? 0
        return end..<end
    }
}
