import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

/// Archives in which a person splits and joins sessions.
struct Arranging {
    let folder: TemporaryFolder
    var database: String { folder["archive.db"] }

    init() throws { folder = try TemporaryFolder() }

    /// Writes a session with movies and JPGs; nobody looks into these.
    func simulate(_ session: String, _ options: String) throws {
        try run("epu-simulate", "make \(session) --movies --no-images \(options)")
        for path in try #require(FileManager.default.subpaths(atPath: folder[session])) where path.hasSuffix(".xml") {
            try folder.write("\(session)/\(path.dropLast(4)).jpg", "")
        }
    }

    @discardableResult
    func run(_ tool: String, _ words: String, in database: String? = nil, status: Int32 = 0) throws -> ToolRun {
        let run = try ToolRun.run(
            tool, words.split(separator: " ").map(String.init), in: folder.path,
            environment: ["EPU_ARCHIVE": database ?? self.database])
        #expect(run.status == status, "\(tool) \(words): \(run.errors)")
        return run
    }

    @discardableResult
    func epuIngest(_ words: String, in database: String? = nil, status: Int32 = 0) throws -> ToolRun {
        try run("epu-ingest", words, in: database, status: status)
    }

    /// The names of each session's exposures.
    func exposures(in database: String? = nil) throws -> [String: Set<String>] {
        try Archive(database ?? self.database, access: .read).read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT s.name, e.name FROM session s LEFT JOIN exposure e USING (session_id)")
            return rows.reduce(into: [:]) { sessions, row in
                sessions[row[0], default: []].formUnion((row[1] as String?).map { [$0] } ?? [])
            }
        }
    }

    func numbers(in database: String? = nil) throws -> [String: Int] {
        try exposures(in: database).mapValues(\.count)
    }

    /// Expects that no file, exposure or image stands in the archive twice, that all belongs to the session that has its folder,
    /// and that the check finds nothing.
    func expectSound(in database: String? = nil) throws {
        try epuIngest("check", in: database)
        let twice = """
            SELECT count(*) - count(DISTINCT r.path || '/' || f.path) FROM source_file f
            JOIN session_root r USING (session_root_id)
            """
        let shots = "SELECT count(*) - count(DISTINCT name || ifnull(unique_id, '')) FROM exposure"
        let images = "SELECT count(*) - count(DISTINCT name) FROM hole_image"
        let strangers = """
            SELECT count(*) FROM exposure e JOIN source_file f ON f.source_file_id IN (e.metadata_file_id, e.image_file_id)
            JOIN session_root r USING (session_root_id) WHERE r.session_id <> e.session_id
            """
        // Every JPG and movie lies where the exposure of its name is.
        let companions = """
            SELECT count(*) FROM source_file f JOIN session_root r USING (session_root_id)
            WHERE f.kind IN ('exposure-image', 'movie') AND NOT EXISTS (
                SELECT 1 FROM exposure e WHERE e.session_id = r.session_id AND e.name = f.stem)
            """
        let open = "SELECT count(*) FROM session WHERE NOT is_settled"
        for sql in [twice, shots, images, strangers, companions, open] {
            #expect(try count(sql, in: database ?? self.database) == 0, "\(sql)")
        }
    }

    /// Marks the last exposures of a session as bad.
    func review(_ session: String, _ number: Int, in database: String? = nil) throws {
        try Archive(database ?? self.database, access: .write).write { db in
            try db.execute(
                sql: """
                    INSERT INTO review (exposure_id, verdict, reviewed_at)
                    SELECT exposure_id, 'bad', '2025-02-01T00:00:00Z' FROM exposure JOIN session s USING (session_id)
                    WHERE s.name = ? ORDER BY acquired_at DESC LIMIT ?
                    """, arguments: [session, number])
        }
    }

    func reviewed(in database: String? = nil) throws -> Set<String> {
        try Set(
            text(
                """
                SELECT s.name || ' ' || e.name FROM review JOIN exposure e USING (exposure_id)
                JOIN session s USING (session_id)
                """,
                in: database ?? self.database
            ).compactMap { $0 })
    }

    /// The time of an exposure, by its place in the order of time, as the archive writes it.
    func time(_ number: Int, in session: String = "s") throws -> String {
        let times = try text(
            """
            SELECT acquired_at FROM exposure JOIN session s USING (session_id) WHERE s.name = '\(session)'
            ORDER BY acquired_at LIMIT 1 OFFSET \(number)
            """, in: database)
        return try #require(times.first ?? nil)
    }

    /// The square that holds an exposure, by its place in the order of time.
    func square(of number: Int) throws -> Int {
        try count("SELECT grid_square FROM exposure ORDER BY acquired_at LIMIT 1 OFFSET \(number)", in: database)
    }

    /// Moves files of every third exposure out of a session, with JPG and movie.
    /// - Returns: Brings them back.
    func hideThird(of session: String) throws -> () throws -> Void {
        let files = FileManager.default
        var hidden: [(from: String, to: String)] = []
        let names = try #require(files.subpaths(atPath: folder[session])).sorted()
        let third = Set(
            names.filter { $0.contains("_Data_") && $0.hasSuffix(".xml") }.enumerated().filter { $0.offset % 3 == 1 }
                .map { String(($0.element as NSString).lastPathComponent.dropLast(4)) })
        try files.createDirectory(atPath: folder["hidden"], withIntermediateDirectories: true)
        for name in names where third.contains(where: { (name as NSString).lastPathComponent.hasPrefix($0) }) {
            let place = (from: folder[session + "/" + name], to: folder["hidden/\(hidden.count)"])
            try files.moveItem(atPath: place.from, toPath: place.to)
            hidden.append(place)
        }
        #expect(hidden.count >= third.count && !third.isEmpty)
        return { for place in hidden { try files.moveItem(atPath: place.to, toPath: place.from) } }
    }
}
