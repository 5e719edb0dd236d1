import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation

struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give the room of removed sessions back to the disk, and put an archive's pages in order.",
        discussion: """
            Needs as much free room on the disk as the archive takes. Others wait meanwhile. If it is stopped, the archive \
            stays as it was.

            EXAMPLE
              epu-ingest compact --db archive.db
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var output: JSONOptions

    /// The object that `--json` prints.
    private struct Result: Encodable {
        let bytesBefore: Int
        let bytesAfter: Int
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        let before = try size(archive.path)
        let folder = (archive.path as NSString).deletingLastPathComponent
        let disk = try FileManager.default.attributesOfFileSystem(forPath: folder.isEmpty ? "." : folder)
        if let free = disk[.systemFreeSize] as? Int, free < before {
            throw Failure(
                "The archive takes \(Bytes.text(before)) and the disk has \(Bytes.text(free)) left: compacting needs as much "
                    + "again. Make room, or write a compact copy elsewhere: `sqlite3 \(archive.path) \"VACUUM INTO 'FILE'\"`."
            )
        }
        try archive.vacuum()
        let after = try size(archive.path)
        if output.json { return try Console.result(json: Result(bytesBefore: before, bytesAfter: after)) }
        Console.result("\(archive.path): \(Bytes.text(before)) before, \(Bytes.text(after)) now")
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
