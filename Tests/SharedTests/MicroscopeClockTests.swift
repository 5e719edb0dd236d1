import EPUCore
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

@Suite("Times by the microscope's clock")
struct MicroscopeClockTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    /// Three exposures, at 12:00, 12:30 and 13:00 UTC on 2025-01-08.
    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        try sample.add("s", (0..<3).map { SampleArchive.Exposure(hole: Int64($0), time: 1800 * Double($0)) })
    }

    /// - Parameter offsets: what each exposure recorded, minutes; nil for none.
    private func clock(_ offsets: [Int?]) throws -> MicroscopeClock {
        try sample.archive.write { db in
            for (index, offset) in offsets.enumerated() {
                try db.execute(
                    sql: "UPDATE exposure SET utc_offset_minutes = ? WHERE exposure_id = ?",
                    arguments: [offset, index + 1])
            }
            return try MicroscopeClock(of: 1, db)
        }
    }

    private func span(_ clock: MicroscopeClock) throws -> [String] {
        let span = try sample.archive.read { try clock.span(of: 1, $0) }
        return span.map { [$0.first, $0.last] } ?? []
    }

    @Test("With one offset it stands in the heading alone")
    func one() throws {
        let clock = try clock([60, 60, 60])
        #expect(clock.heading == "microscope's clock, UTC+01:00")
        #expect(try span(clock) == ["2025-01-08 13:00:00", "2025-01-08 14:00:00"])
    }

    @Test("Where the clock was set within the session, each time says its own offset, and the heading both")
    func daylightSaving() throws {
        let clock = try clock([60, 60, 120])
        #expect(clock.heading == "microscope's clock, UTC+01:00, then UTC+02:00")
        #expect(try span(clock) == ["2025-01-08 13:00:00 UTC+01:00", "2025-01-08 15:00:00 UTC+02:00"])
        // To winter time: half past two comes twice, which only the offset tells.
        let autumn = MicroscopeClock(offsets: [120, 60])
        #expect(autumn.text("2025-10-26T00:30:00.0000000Z", offset: 120) == "2025-10-26 02:30:00 UTC+02:00")
        #expect(autumn.text("2025-10-26T01:30:00.0000000Z", offset: 60) == "2025-10-26 02:30:00 UTC+01:00")
    }

    @Test("Where no exposure recorded the offset, that is said, and the times are those of the files' names")
    func unknown() throws {
        let clock = try clock([nil, nil, nil])
        #expect(clock.heading == "microscope's clock, its offset from UTC is not known")
        #expect(try span(clock) == ["2025-01-08 12:00:00", "2025-01-08 13:00:00"])
        let start = try sample.archive.read { try MicroscopeClock.start(of: 1, $0) }
        #expect(start?.labelledMinute == "2025-01-08 12:00 (offset from UTC not known)")
    }

    @Test("An exposure that recorded none has the usual offset, by which the archive took its time to UTC")
    func usual() throws {
        let clock = try clock([nil, -330, -330])
        #expect(clock.heading == "microscope's clock, UTC-05:30")
        #expect(try span(clock) == ["2025-01-08 06:30:00", "2025-01-08 07:30:00"])
        let start = try sample.archive.read { try MicroscopeClock.start(of: 1, $0) }
        #expect(start?.labelledText == "2025-01-08 06:30:00 (UTC-05:30)")
        // The commonest, and of equally common ones the least, as ingest has it.
        #expect(try self.clock([120, 60, 60]).usual == 60)
        #expect(try self.clock([120, 60, nil]).usual == 60)
    }

    @Test("An incident has the usual offset where its first exposure recorded none")
    func incident() throws {
        _ = try clock([nil, 120, 120])
        let incident = try sample.archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO analysis (analysis_id, placement_set_id, session_id, radius_um, count_neighbours,
                                          across_sessions, exposures, pairs, overexposed, created_at)
                    VALUES (1, 1, 1, 0.4, 0, 0, 3, 1, 1, 'now');
                    INSERT INTO incident (analysis_id, incident, session_id, cause, clusters, micrographs, pairs, distance_um,
                                          first_exposure_id, last_exposure_id)
                    VALUES (1, 1, 1, 'same-area', 1, 1, 1, 0.1, 1, 1)
                    """)
            return try IncidentRow.all(of: 1, db).first
        }
        #expect(incident?.utcOffsetMinutes == 120)
        #expect(incident?.time == "2025-01-08 14:00:00")
        #expect(incident?.labelledTime == "2025-01-08 14:00:00 (UTC+02:00)")
    }
}
