import EPUCore
import Foundation
import Synchronization

/// Reads the files of a batch, several at once.
struct BatchReader: Sendable {
    /// The number of files that are read at once.
    let jobs: Int
    /// The age of a file, seconds, below which it is left for a later run.
    let minimumAge: Double

    /// The number of files that a task takes at a time: few, as GridSquare_<id>.dm are a hundred times as large as others, and lie
    /// side by side.
    private static let readSize = 4

    /// Reads files of a folder; the result is in the order of `files`.
    func read(_ files: [SourceFile], of folder: SessionFolder) async -> [FileReading] {
        let now = Date().timeIntervalSince1970
        let cursor = ReadCursor()
        return await withTaskGroup(of: [(Int, [FileReading])].self) { group in
            for _ in 0..<min(jobs, (files.count + Self.readSize - 1) / Self.readSize) {
                group.addTask {
                    let reader = FileReader(sessionFile: folder.sessionFile)
                    var parts: [(Int, [FileReading])] = []
                    while let range = cursor.take(Self.readSize, of: files.count) {
                        parts.append((range.lowerBound, range.map { read(files[$0], root: folder.path, reader, now) }))
                    }
                    return parts
                }
            }
            var parts: [(Int, [FileReading])] = []
            for await part in group { parts += part }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private func read(_ file: SourceFile, root: String, _ reader: FileReader, _ now: Double) -> FileReading {
        let age = now - Double(file.modifiedNs) * 1e-9
        guard minimumAge > 0, age < minimumAge, file.obstacle == nil else { return reader.read(file, root: root) }
        return FileReading(file, status: .tooYoung, problem: "younger than --min-age: the next run reads it")
    }
}

/// The place of what is read next, shared by several tasks.
private final class ReadCursor: Sendable {
    private let next = Atomic(0)

    /// The next files of `count`, as a range of their indices; nil where nothing is left.
    func take(_ size: Int, of count: Int) -> Range<Int>? {
        let start = next.wrappingAdd(size, ordering: .relaxed).oldValue
        return start < count ? start..<min(start + size, count) : nil
    }
}
