import EPUCore
import Foundation

/// The sessions of a study, as they are stored beside its archive.
struct StudyFile: Codable {
    let seed: UInt64
    /// The number of draws that epu-simulate refused.
    let refusals: Int
    /// The number of sessions that had fewer or more stops than the study is about.
    let otherSizes: Int
    let sessions: [StudySession]

    private static func path(besideArchive archive: String) -> String { archive + ".truth.json" }

    func write(besideArchive archive: String) throws {
        let path = Self.path(besideArchive: archive)
        let encoder = JSONEncoder()
        // The same study gives the same bytes.
        encoder.outputFormatting = .sortedKeys
        let content = try encoder.encode(self)
        guard FileManager.default.createFile(atPath: path, contents: content) else {
            throw Failure("Cannot write \(path): \(String(cString: strerror(errno))).")
        }
    }

    static func read(besideArchive archive: String) throws -> StudyFile {
        let path = path(besideArchive: archive)
        guard let content = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read. `epu-benchmark accuracy --keep` writes it beside an archive.")
        }
        do {
            return try JSONDecoder().decode(StudyFile.self, from: content)
        } catch {
            throw Failure("\(path) is not the truth of a study: \(error).")
        }
    }
}
