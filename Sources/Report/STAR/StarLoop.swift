/// A table of a STAR file, as RELION 3.1 and later write it (relion-3.1.3, src/metadata_table.cpp).
struct StarLoop {
    /// The name of the block without `data_`.
    let block: String
    /// The labels with their underscores.
    let labels: [String]
    /// The rows, with values as the file has them.
    var rows: [[String]] = []

    /// The labels and rows, without the block's own line. They are written into one text, as there may be a million rows.
    func lines(lineBreak: String = "\n") -> String {
        let widths = labels.indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        var text = "loop_" + lineBreak
        for (column, label) in labels.enumerated() { text += "\(label) #\(column + 1)" + lineBreak }
        for row in rows {
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - Self.width(cell))
                if column == 0 {
                    text += cell
                    text += padding
                } else {
                    text += " "
                    text += padding
                    text += cell
                }
            }
            text += lineBreak
        }
        return text
    }

    /// The block as text. Before it stands the comment by which RELION knows a block of 3.1 or later.
    func text(_ version: StarVersion) -> String {
        "\n# version \(version.rawValue)\n\ndata_\(block)\n\n" + lines() + "\n"
    }

    /// The number of characters of a value, which holds no line break. In ASCII it equals the number of bytes, which costs no
    /// time.
    private static func width(_ cell: String) -> Int {
        cell.utf8.allSatisfy { $0 < 0x80 } ? cell.utf8.count : cell.count
    }
}
