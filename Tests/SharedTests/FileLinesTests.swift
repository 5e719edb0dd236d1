import EPUCore
import Foundation
import TestSupport
import Testing

@Suite("The lines of a file")
struct FileLinesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ path: String) throws -> [String] {
        var read: [String] = []
        var lines = try FileLines(path)
        try lines.forEachLine { line, number in
            read.append(String(decoding: line, as: UTF8.self))
            #expect(number == read.count)
        }
        return read
    }

    @Test(
        "Together they are the file, whatever its breaks and length",
        arguments: ["", "\n", "a", "a\n", "a\r\n\r\nb", "\n\n\n", String(repeating: "a b\n", count: 700_000)])
    func whole(text: String) throws {
        let read = try lines(try folder.write("a.star", text))
        #expect(read.joined() == text)
        #expect(read.dropLast().allSatisfy { $0.utf8.last == UInt8(ascii: "\n") })
        #expect(read.allSatisfy { $0.utf8.dropLast().firstIndex(of: UInt8(ascii: "\n")) == nil && !$0.isEmpty })
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
