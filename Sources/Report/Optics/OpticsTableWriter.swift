/// Replaces the table of optics of a STAR file by another.
///
/// RELION reads a loop up to the first empty line. What stands between the lines of the old table is therefore written before the
/// new one, and an empty line follows the new one.
struct OpticsTableWriter {
    private let table: StarLoop
    private let lineBreak: String
    /// The lines that came since the last line of the old table.
    private var held: [[UInt8]] = []
    private var hasBegun = false
    private var isDone = false

    init(_ table: StarLoop, lineBreak: String) {
        self.table = table
        self.lineBreak = lineBreak
    }

    /// Takes a line of the block.
    mutating func take(
        _ line: UnsafeRawBufferPointer, _ place: borrowing StarFile.Place, _ split: inout StarSplit
    ) throws {
        if case .other = place.line {
            // This is a second data_optics, without a table.
            if !hasBegun || isDone { try split.write(line) } else { held.append(Array(line)) }
            return
        }
        hasBegun = true
        for line in held where !Self.isBlank(line) { try line.withUnsafeBytes { try split.write($0) } }
        held.removeAll()
    }

    /// Writes the new table, once, when the whole old one was taken.
    /// - Parameter isAtEnd: whether the file has no more lines.
    mutating func finish(_ split: inout StarSplit, isAtEnd: Bool = false) throws {
        guard hasBegun, !isDone else { return }
        isDone = true
        try split.write(table.lines(lineBreak: lineBreak))
        if held.first.map({ !Self.isBlank($0) }) ?? !isAtEnd { try split.write(lineBreak) }
        for line in held { try line.withUnsafeBytes { try split.write($0) } }
        held.removeAll()
    }

    private static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy(StarValues.isBlank) }
}
