import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_report

@Suite("Reading STAR files")
struct StarFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Rows as `block: value|value`, and the bytes that were handed out.
    private func read(_ text: String, mostValues: Int? = nil) throws -> (rows: [String], text: String) {
        var rows: [String] = []
        var bytes: [UInt8] = []
        let file = StarFile(path: try folder.write("a.star", text))
        func wanted(_ table: StarFile.Table) -> Int? { mostValues }
        try file.forEachLine(mostValues: wanted) { line, place in
            bytes += line
            guard case .row = place.line else { return }
            let values = place.values.places.map {
                String(decoding: StarValues.content($0, of: line), as: UTF8.self)
            }
            rows.append(place.table.block + ": " + values.joined(separator: "|"))
        }
        return (rows, String(decoding: bytes, as: UTF8.self))
    }

    private func reason(_ text: String) -> String {
        do { return "\(try read(text).rows)" } catch { return "\(error)".replacing(folder["a.star"], with: "FILE") }
    }

    private static let whole = """
        # of nothing
        data_
        _first 1
        _second 'a b' # why
        data_text
        _long
        ;
        data_none
        loop_
        ;
        data_movies
        loop_ # of movies
        _rlnA #1
         _rlnB #2

        # between
        "it's here" 1
        'say "x" now'\t2 # what
        data_1.tiff 3
        loop_a 4
          a#b   '' \u{20}

        loop_
        _rlnC
        c
        data_last
        _after 1
        """

    @Test(
        "Blocks, loops, lists, comments, quotes and texts are told apart; no byte is lost", arguments: ["\n", "\r\n"])
    func forms(lineBreak: String) throws {
        let text = Self.whole.replacing("\n", with: lineBreak)
        let found = try read(text)
        #expect(
            found.rows == [
                "movies: it's here|1", "movies: say \"x\" now|2", "movies: data_1.tiff|3", "movies: loop_a|4",
                "movies: a#b|", "movies: c",
            ])
        #expect(found.text == text)
        #expect(try read(text, mostValues: 1).rows[1] == "movies: say \"x\" now")
    }

    @Test("A row may begin with an underscore where it has as many values as the loop has labels, and two at least")
    func underscores() throws {
        #expect(
            try read("data_a\nloop_\n_a #1\n_b\n_x 1\n2 3\n_y 4 # last\n").rows == ["a: _x|1", "a: 2|3", "a: _y|4"])
    }

    @Test("A mark of UTF-8 is no part of the first line")
    func mark() throws {
        #expect(try read("\u{FEFF}data_a\nloop_\n_a\n1\n").rows == ["a: 1"])
        #expect(reason("\u{FEFF}") == "FILE is no STAR file: it has no data_ line.")
    }

    @Test("A file that grows while it is read is not taken for whole")
    func growing() throws {
        let path = try folder.write("a.star", "data_a\nloop_\n_a\n1\n")
        let error = #expect(throws: Failure.self) {
            try StarFile(path: path).forEachLine { _, place in
                if place.number == 4 { try folder.write("a.star", "data_a\nloop_\n_a\n1\n2\n") }
            }
        }
        #expect(error.map { "\($0)" } == "\(path) was changed while it was read. Run it again.")
    }

    @Test(
        "Each is found by a rule of its own: cut anywhere, the file is read or refused with a line, and never in part")
    func cut() throws {
        let bytes = Array(Self.whole.utf8)
        for count in 1..<bytes.count {
            let text = String(decoding: bytes[..<count], as: UTF8.self)
            do {
                #expect(try read(text).text == text)
            } catch {
                #expect(error is Failure)
                #expect("\(error)".contains("a.star, line ") || "\(error)".contains("is no STAR file"), "\(error)")
            }
        }
    }

    @Test(
        "Damage is told with its line",
        arguments: [
            ("", "FILE is no STAR file: it has no data_ line."),
            ("# only words\n", "FILE is no STAR file: it has no data_ line."),
            ("words\n", "FILE, line 1: no data_ line comes before it. This is no STAR file."),
            (
                "data_a\n\nwords of\n",
                "FILE, line 3: words belongs to no loop_ with labels. The file is damaged, or no STAR file."
            ),
            (
                "data_a\nloop_\n1 2\n",
                "FILE, line 3: 1 belongs to no loop_ with labels. The file is damaged, or no STAR file."
            ),
            (
                "data_a\nloop_\n_a\n_b\n1 2\n1\n",
                "FILE, line 6: 2 labels, but fewer values. The file may have been cut off while it was written."
            ),
            (
                "data_a\nloop_\n_a\n_b\n1 2 3\n",
                "FILE, line 5: 2 labels, but more values. The file may have been cut off while it was written."
            ),
            (
                "data_a\nloop_\n_a\nb\n_c\n",
                "FILE, line 5: _c is a label after rows, or a row that is cut off. The file is damaged."
            ),
            (
                "data_a\nloop_\n_a\n_b\nx 1\n_c 2 3\n",
                "FILE, line 6: _c is a label after rows, or a row that is cut off. The file is damaged."
            ),
            ("data_a\nloop_\n_a\n'b\n", "FILE, line 4: a quote is not closed."),
            ("data_a\nloop_\n_a\nb\u{0}\n", "FILE, line 4: a byte is zero. The file is damaged, or no STAR file."),
            (
                "data_a\nloop_\n_a\n_b\n_a\n1 2 3\n",
                "FILE, line 5: the label _a stands in data_a for the second time. Which of its columns counts is not known: leave "
                    + "one."
            ),
            (
                "data_a\n_a 1\n_b 2\n\n_a 1\n",
                "FILE, line 5: the label _a stands in data_a for the second time. Which of its columns counts is not known: leave "
                    + "one."
            ),
            ("data_a\n_b\n;text\n", "FILE, line 3: the text that began at a semicolon does not end."),
        ])
    func damage(text: String, words: String) {
        #expect(reason(text) == words)
    }

    @Test(
        "Values that are written read back as they were",
        arguments: [
            "a", "a b", "it's", "'", "say \"x\" now", "", "#1", "_x", ";", "a\tb", "\"a\"", "é ü", "data_", "loop_",
        ])
    func quoting(value: String) throws {
        var loop = StarLoop(block: "b", labels: ["_a", "_b"])
        loop.rows = [[try StarText.quoted(value), "1"]]
        #expect(try read(loop.text(.relion31)).rows == ["b: \(value)|1"])
        #expect(try StarText.unquoted(StarText.quoted(value)) == value)
    }

    @Test("A value that no STAR file can hold is refused", arguments: ["a\nb", "it's a \"b\"", "\r"])
    func unquotable(value: String) {
        #expect(throws: Failure.self) { try StarText.quoted(value) }
    }
}
