import EPUCore
import Foundation

/// Goes through a STAR file line by line, and says what each line is.
///
/// RELION writes each row of a loop as one line, which is taken for granted here.
struct StarFile {
    /// A loop or list of the file, with its labels as far as they were read.
    struct Table {
        /// Counts the tables of the file.
        var number = 0
        /// Without the `data_`.
        var block: String
        var isLoop = false
        /// With their underscores.
        var labels: [String] = []
    }

    enum Line {
        /// `data_...`, a comment, an empty line, or a line of a text between semicolons.
        case other
        /// `loop_`
        case loop
        /// The table's last label so far; of a list with its value.
        case label(value: String?)
        case row
    }

    let path: String

    /// Where the reader is.
    struct Place: ~Copyable {
        var line = Line.other
        /// From 1.
        var number = 0
        var table = Table(block: "")
        /// Of a row.
        var values = StarValues()

        fileprivate var hasBlock = false
        fileprivate var labelsOfBlock: Set<String> = []
        fileprivate var hasRows = false
        fileprivate var isInText = false
        fileprivate var valuesOfRow = 0
    }

    /// Calls `body` with each line's bytes, its line break included, and what it is. A UTF-8 mark before the first line is
    /// passed over.
    /// - Parameter mostValues: that are wanted of the rows of a table; nil: all, of which there must be as many as labels.
    /// - Throws: `Failure` with the number of the line where the file is damaged or no STAR file, was changed meanwhile,
    ///   or what `body` throws.
    /// - Returns: the file as it was all the time.
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

    /// Nil where the line starts no block, loop or label.
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
            // A value may begin so, too, but a loop has labels of one word, and none after its rows.
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
