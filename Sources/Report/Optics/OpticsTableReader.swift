import EPUCore

/// Takes `data_optics` from a STAR file as its lines are read: a loop, or a list for a single group.
struct OpticsTableReader {
    private var labels: [String] = []
    private var values: [String] = []
    private var rows: [[String]] = []

    /// The table of optics; nil if the file has none, or none that is complete.
    var table: StarLoop? {
        let rows = !rows.isEmpty ? rows : !labels.isEmpty && values.count == labels.count ? [values] : []
        return rows.isEmpty ? nil : StarLoop(block: "optics", labels: labels, rows: rows)
    }

    /// - Throws: `Failure` if the file has a second table of optics, which would be lost.
    mutating func read(_ line: UnsafeRawBufferPointer, _ place: borrowing StarFile.Place, path: String) throws {
        switch place.line {
        case .other: break
        case .loop: try requireNothing(before: place, path)
        case .label(let value):
            if !rows.isEmpty { try requireNothing(before: place, path) }
            labels = place.table.labels
            if let value { values.append(value) }
        case .row: rows.append(place.values.places.map { StarValues.text($0, of: line) })
        }
    }

    private func requireNothing(before place: borrowing StarFile.Place, _ path: String) throws {
        guard rows.isEmpty, values.isEmpty else {
            throw Failure("\(path), line \(place.number): a second table in data_optics. Leave one.")
        }
    }
}
