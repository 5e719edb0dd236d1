import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport

@testable import epu_ingest

/// A session of three whole exposures beside what a test puts there.
struct HostileSession {
    let folder: TemporaryFolder
    static let data = "Images-Disc1/GridSquare_7/Data"

    var path: String { folder["session"] }
    var database: String { folder["archive.db"] }

    init() throws {
        folder = try TemporaryFolder()
        for number in 1...3 { try add(number) }
    }

    static func name(_ number: Int) -> String { "FoilHole_\(number)_Data_2_3_20250108_154915.xml" }

    static func xml(_ number: Int) -> String {
        var sample = SampleImage()
        sample.uniqueID = "id-\(number)"
        sample.stage = Vector2(Double(number), 0)
        return sample.xml
    }

    /// - Parameter data: the folder, below the session's.
    func add(_ number: Int, data: String = data) throws {
        try folder.write("session/\(data)/\(Self.name(number))", Self.xml(number))
    }

    /// A path below the session's folder.
    subscript(_ relative: String) -> String { path + "/" + relative }

    @discardableResult
    func ingest() async throws -> [IngestedSession] {
        try await Ingestion(archive: Archive(database, access: .create), jobs: 2, minimumAge: 0)
            .run(SessionFinder.sessions(below: [SessionFinder.readableFolder(path)]))
    }

    /// `status: problem` of each path in the ledger.
    func ledger() throws -> [String: String] {
        try Archive(database, access: .read).read { db in
            var ledger: [String: String] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT path, status, problem FROM source_file") {
                ledger[row[0]] = [row[1] as String, row[2] as String?].compactMap { $0 }.joined(separator: ": ")
            }
            return ledger
        }
    }

    /// Foil holes of the exposures that came in.
    func holes() throws -> [Int] {
        try Archive(database, access: .read).read {
            try Int.fetchAll($0, sql: "SELECT foil_hole FROM exposures ORDER BY foil_hole")
        }
    }

    /// A file of that many bytes that takes no place on disk.
    func sparse(_ relative: String, bytes: Int) throws {
        let path = try folder.write("session/" + relative, "")
        guard truncate(path, bytes) == 0 else { throw Failure(String(cString: strerror(errno))) }
    }
}
