import EPUCore
import Foundation

/// Reads the files of a batch, several at once.
struct BatchReader: Sendable {
    /// The number of files that are read at once.
    let jobs: Int
    /// The age of a file, seconds, below which it is left for a later run.
    let minimumAge: Double

    /// The number of files that a thread takes at a time: few, as GridSquare_<id>.dm are a hundred times as large as others, and lie
    /// side by side.
    private static let readSize = 4

    /// Reads files of a folder; the result is in the order of `files`.
    func read(_ files: [SourceFile], of folder: SessionFolder) async -> [FileReading] {
        let now = Date().timeIntervalSince1970
        let cursor = IndexCursor(files.count)
        let found = Gathering<[FileReading]>()
        await FileThreads.run(min(jobs, (files.count + Self.readSize - 1) / Self.readSize)) {
            let reader = FileReader(sessionFile: folder.sessionFile)
            var own: [(index: Int, part: [FileReading])] = []
            while let range = cursor.next(Self.readSize) {
                own.append((range.lowerBound, range.map { read(files[$0], root: folder.path, reader, now) }))
            }
            found.add(own)
        }
        return found.inOrder.flatMap { $0 }
    }

    private func read(_ file: SourceFile, root: String, _ reader: FileReader, _ now: Double) -> FileReading {
        let age = now - Double(file.modifiedNs) * 1e-9
        guard minimumAge > 0, age < minimumAge, file.obstacle == nil else { return reader.read(file, root: root) }
        return FileReading(file, status: .tooYoung, problem: "younger than --min-age: the next run reads it")
    }
}
