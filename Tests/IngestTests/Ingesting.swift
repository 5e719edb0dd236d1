import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport

@testable import epu_ingest

/// Ingests and returns what the closing table shows.
@discardableResult
func ingest(
    _ folders: [String], into database: String, jobs: Int = 2, minimumAge: Double = 0, batchSize: Int = 2048
) async throws -> [IngestedSession] {
    let archive = try Archive(database, access: .create)
    let roots = try archive.read {
        try String.fetchAll($0, sql: "SELECT path FROM session_root WHERE session_id IS NOT NULL")
    }
    return try await Ingestion(archive: archive, jobs: jobs, minimumAge: minimumAge, batchSize: batchSize)
        .run(SessionFinder.sessions(below: folders.map(SessionFinder.readableFolder), knownRoots: roots))
}

/// Ingests what lies in these folders themselves, as --follow does when it sees something new there.
@discardableResult
func look(at folders: [String], below root: String, into database: String) async throws -> [IngestedSession] {
    let ingestion = Ingestion(archive: try Archive(database, access: .create), jobs: 2, minimumAge: 0)
    let starts = try (folders + [root]).map(SessionFinder.readableFolder)
    let below = starts.flatMap { start in
        (FileManager.default.subpaths(atPath: start) ?? []).map { start + "/" + $0 }
    }
    return try await ingestion.run(
        SessionFinder.sessions(
            below: Array(starts.dropLast()), knownRoots: ingestion.knownRoots(), givenRoots: Array(starts.suffix(1)),
            watched: Set((below.filter(isFolder) + starts).map(PathKey.init))))
}

private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

/// Every row of every table that ingest writes, ids included.
func dump(_ database: String) throws -> [String] {
    let tables = [
        "session", "storage_folder", "preset", "session_root", "source_file", "grid_square", "foil_hole",
        "template_area", "planned_exposure", "grid_square_image", "hole_image", "exposure", "custom_value", "notice",
    ]
    return try Archive(database, access: .read).read { db in
        try tables.flatMap { table in try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" } }
    }
}

/// What the archive says of its sessions, without the ids that it gave.
func content(_ database: String) throws -> [String] {
    let ids: Set = [
        "session_id", "session_root_id", "source_file_id", "exposure_id", "hole_image_id", "grid_square_image_id",
        "metadata_file_id", "image_file_id",
    ]
    let session = "(SELECT name FROM session s WHERE s.session_id = t.session_id)"
    func file(_ column: String) -> String {
        """
        (SELECT r.path || '/' || f.path FROM source_file f JOIN session_root r USING (session_root_id)
         WHERE f.source_file_id = t.\(column))
        """
    }
    let keys = [
        ("session", "t.name"), ("storage_folder", session), ("preset", session), ("session_root", session),
        ("source_file", file("source_file_id")), ("grid_square", session), ("foil_hole", session),
        ("template_area", session), ("planned_exposure", session),
        ("grid_square_image", "\(session), \(file("metadata_file_id")), \(file("image_file_id"))"),
        ("hole_image", "\(session), \(file("metadata_file_id")), \(file("image_file_id"))"),
        ("exposure", "\(session), \(file("metadata_file_id")), \(file("image_file_id"))"),
        ("custom_value", file("source_file_id")), ("notice", session),
    ]
    return try Archive(database, access: .read).read { db in
        try keys.flatMap { table, key in
            let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
            let values = columns.filter { !ids.contains($0) }.map { "t." + $0 }.joined(separator: ", ")
            return try Row.fetchAll(db, sql: "SELECT \(key), \(values) FROM \(table) t").map { "\(table) \($0)" }
        }
    }.sorted()
}

func count(_ sql: String, in database: String) throws -> Int {
    try Archive(database, access: .read).read { try Int.fetchOne($0, sql: sql) ?? -1 }
}

func text(_ sql: String, in database: String) throws -> [String?] {
    try Archive(database, access: .read).read { try Optional<String>.fetchAll($0, sql: sql) }
}

extension TemporaryFolder {
    /// Writes an exposure below a session folder; its stage position and id follow from `number`.
    @discardableResult
    func addExposure(
        _ number: Int, to session: String = "session", disc: Int = 1, jpg: Bool = true, instrument: String = "3632"
    ) throws -> String {
        var sample = SampleImage()
        sample.instrument = instrument
        sample.uniqueID = "id-\(number)"
        sample.stage = Vector2(Double(number), 0)
        let base = "\(session)/Images-Disc\(disc)/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_20250108_154915"
        try write(base + ".xml", sample.xml)
        if jpg { try write(base + ".jpg", "not looked into") }
        return base
    }
}
