/// A table of a STAR file, as RELION 3.1 and later write it (relion-3.1.3, src/metadata_table.cpp).
struct StarLoop {
    /// Without the `data_`.
    let block: String
    /// With their underscores.
    let labels: [String]
    /// Values as the file has them.
    var rows: [[String]] = []

    /// Labels and rows, without the block's own line.
    func lines(lineBreak: String = "\n") -> String {
        let widths = labels.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let header = labels.enumerated().map { "\($1) #\($0 + 1)" }
        return (["loop_"] + header + rows.map { Self.line($0, widths) }).map { $0 + lineBreak }.joined()
    }

    /// The block from the comment that has RELION take it for one of 3.1 or later.
    func text(_ version: StarVersion) -> String {
        "\n# version \(version.rawValue)\n\ndata_\(block)\n\n" + lines() + "\n"
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        zip(row, widths).enumerated().map { column, cell in
            let padding = String(repeating: " ", count: cell.1 - cell.0.count)
            return column == 0 ? cell.0 + padding : padding + cell.0
        }.joined(separator: " ")
    }
}
