import EPUCore
import Foundation
import TestSupport
import Testing

@Suite("The lines of a file")
struct FileLinesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ path: String) throws -> [String] {
        var (read, numbers): ([String], [Int]) = ([], [])
        var lines = try FileLines(path)
        try lines.forEachLine { line, number in
            read.append(String(decoding: line, as: UTF8.self))
            numbers.append(number)
        }
        // There may be a million: one by one, they would take half a minute.
        let areInOrder = numbers.elementsEqual(0..<read.count, by: { $0 == $1 + 1 })
        #expect(areInOrder)
        return read
    }

    @Test(
        "Together they are the file, whatever its breaks and length",
        arguments: [("", 1), ("\n", 1), ("a", 1), ("a\n", 1), ("a\r\n\r\nb", 1), ("\n\n\n", 1), ("a b\n", 700_000)])
    func whole(part: String, times: Int) throws {
        let text = String(repeating: part, count: times)
        let read = try lines(try folder.write("a.star", text))
        let isWhole = read.joined() == text
        #expect(isWhole)
        let (lineFeed, tooEarly) = (UInt8(ascii: "\n"), read.dropLast().first { $0.utf8.last != UInt8(ascii: "\n") })
        #expect(tooEarly == nil)
        #expect(read.first { $0.isEmpty || $0.utf8.dropLast().contains(lineFeed) } == nil)
    }

    @Test("A line may be longer than what is read at once")
    func long() throws {
        let parts = [1, 1 << 20, (1 << 20) + 1, 3_000_000, 5].map { String(repeating: "x", count: $0) + "\n" }
        #expect(try lines(try folder.write("a.star", parts.joined())) == parts)
    }

    @Test("What is no file, or no text, is refused by name")
    func refused() throws {
        func reason(_ path: String) -> String {
            do { return "\(try lines(path).count) lines" } catch { return "\(error)" }
        }
        #expect(reason(folder["none"]) == "Cannot read \(folder["none"]): No such file or directory.")
        #expect(reason(folder.path).contains("it is a folder, device or pipe"))
        #expect(reason("/dev/zero").contains("it is a folder, device or pipe"))
        let large = try folder.write("large", "")
        #expect(truncate(large, 1 << 27) == 0)
        #expect(reason(large) == "\(large), line 1: the line is longer than 64 MB. This is no text file.")
    }
}
