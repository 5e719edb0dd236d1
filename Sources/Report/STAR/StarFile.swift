import EPUCore
import Foundation

/// Reads a STAR file line by line, and says what each line is.
///
/// RELION writes each row of a loop as one line, and this reader relies on it.
struct StarFile {
    /// A loop or list of the file, with the labels that were read so far.
    struct Table {
        /// The number of the table in the file, counted as the tables come.
        var number = 0
        /// The name of the block without `data_`.
        var block: String
        var isLoop = false
        /// The labels with their underscores.
        var labels: [String] = []
    }

    enum Line {
        /// A `data_...` line, a comment, an empty line, or a line of a text between semicolons.
        case other
        /// The line `loop_`.
        case loop
        /// The last label of the table so far; in a list, with its value.
        case label(value: String?)
        case row
    }

    let path: String

    /// The place that the reader has reached.
    struct Place: ~Copyable {
        var line = Line.other
        /// The number of the line, from 1.
        var number = 0
        var table = Table(block: "")
        /// The values of the line, if it is a row.
        var values = StarValues()

        fileprivate var hasBlock = false
        fileprivate var labelsOfBlock: Set<String> = []
        fileprivate var hasRows = false
        fileprivate var isInText = false
        fileprivate var valuesOfRow = 0
    }

    /// Calls `body` with the bytes of each line, its line break included, and with what the line is. A UTF-8 mark before the
    /// first line is left out.
    /// - Parameter mostValues: how many values of each row are wanted; nil if all are, and then there must be as many as labels.
    /// - Throws: `Failure` with the number of the line if the file is damaged, is no STAR file or was changed meanwhile, or what
    ///   `body` throws.
    /// - Returns: the state of the file, which was the same from beginning to end.
    @discardableResult
    func forEachLine(
        mostValues: (Table) -> Int? = { _ in nil }, _ body: (UnsafeRawBufferPointer, borrowing Place) throws -> Void
    ) throws -> FileState {
        var lines = try FileLines(path)
        let state = try lines.state()
        var place = Place()
        try lines.forEachLine { line, number in
            let line = number == 1 ? Self.withoutMark(line) : line
            guard !line.isEmpty else { return }
            place.number = number
            place.line = try read(line, &place, mostValues)
            try body(line, place)
        }
        guard place.hasBlock else { throw Failure("\(path) is no STAR file: it has no data_ line.") }
        guard !place.isInText else { throw fault(place.number, "the text that began at a semicolon does not end.") }
        guard try lines.state() == state else { throw FileState.changed(path) }
        return state
    }

    private static func withoutMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        line.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: line.dropFirst(3)) : line
    }

    private func fault(_ number: Int, _ what: String) -> Failure { Failure("\(path), line \(number): \(what)") }

    private func read(_ line: UnsafeRawBufferPointer, _ place: inout Place, _ mostValues: (Table) -> Int?) throws
        -> Line
    {
        if let bytes = line.baseAddress, memchr(bytes, 0, line.count) != nil {
            throw fault(place.number, "a byte is zero. The file is damaged, or no STAR file.")
        }
        if line[0] == UInt8(ascii: ";") || place.isInText {
            if line[0] == UInt8(ascii: ";") { place.isInText.toggle() }
            return .other
        }
        guard let start = line.firstIndex(where: { !StarValues.isBlank($0) }), line[start] != UInt8(ascii: "#") else {
            return .other
        }
        let text = UnsafeRawBufferPointer(rebasing: line[start...])
        if !place.hasRows || Self.mayBeKeyword(text), let keyword = try readKeyword(line, &place) { return keyword }
        guard place.table.isLoop, !place.table.labels.isEmpty else {
            let words = String(decoding: text.prefix(40).prefix { !StarValues.isBlank($0) }, as: UTF8.self)
            throw fault(place.number, "\(words) belongs to no loop_ with labels. The file is damaged, or no STAR file.")
        }
        let labels = place.table.labels.count
        if !place.hasRows { place.valuesOfRow = min(mostValues(place.table) ?? labels, labels) }
        place.hasRows = true
        let wanted = place.valuesOfRow
        guard place.values.read(line, most: wanted == labels ? labels + 1 : wanted) else {
            throw fault(place.number, "a quote is not closed.")
        }
        guard place.values.places.count == wanted else {
            throw fault(
                place.number,
                "\(counted(labels, "label")), but \(place.values.places.count < wanted ? "fewer" : "more") values. The file "
                    + "may have been cut off while it was written.")
        }
        return .row
    }

    private static func mayBeKeyword(_ text: UnsafeRawBufferPointer) -> Bool {
        text[0] == UInt8(ascii: "_") || (text.count > 4 && text[4] == UInt8(ascii: "_"))
    }

    /// Reads a line that starts a block, loop or label; nil if it starts none.
    private func readKeyword(_ line: UnsafeRawBufferPointer, _ place: inout Place) throws -> Line? {
        guard place.values.read(line) else { throw fault(place.number, "a quote is not closed.") }
        let words = place.values.places.prefix(2).map { StarValues.text($0, of: line) }
        let isAlone = place.values.places.count == 1
        guard let word = words.first else { return nil }
        if word.hasPrefix("data_"), isAlone {
            place.begin(Table(number: place.table.number + 1, block: String(word.dropFirst(5))))
            place.hasBlock = true
            place.labelsOfBlock.removeAll()
            return .other
        }
        guard place.hasBlock else {
            throw fault(place.number, "no data_ line comes before it. This is no STAR file.")
        }
        if word == "loop_", isAlone {
            place.begin(Table(number: place.table.number + 1, block: place.table.block, isLoop: true))
            return .loop
        }
        guard word.hasPrefix("_") else { return nil }
        if place.table.isLoop, place.hasRows || !isAlone {
            // A value may begin in this way, too, but a loop has labels of one word, and none after its rows.
            guard place.table.labels.count > 1, place.values.places.count == place.table.labels.count else {
                throw fault(
                    place.number, "\(word) is a label after rows, or a row that is cut off. The file is damaged.")
            }
            return nil
        }
        guard place.labelsOfBlock.insert(word).inserted else {
            throw fault(
                place.number,
                "the label \(word) stands in data_\(place.table.block) for the second time. Which of its columns counts is not "
                    + "known: leave one.")
        }
        place.table.labels.append(word)
        return .label(value: place.table.isLoop ? nil : words.dropFirst().first)
    }
}

extension StarFile.Place {
    fileprivate mutating func begin(_ table: StarFile.Table) {
        self.table = table
        hasRows = false
    }
}
