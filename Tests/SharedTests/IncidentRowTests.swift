import EPUCore
import GRDB
import Testing

@testable import EPUArchive

@Suite("Incidents as they are printed")
struct IncidentRowTests {
    /// - Parameter costs: the number of micrographs of each incident, in the order of time.
    private func incidents(_ costs: [Int]) throws -> [IncidentRow] {
        try costs.enumerated().map { index, cost in
            try IncidentRow(row: [
                "incident": index + 1, "session": "s", "cause": "same-area",
                "started_at": "2025-01-08T10:\(10 + index):00.0000000Z", "ended_at": "2025-01-08T11:00:00.0000000Z",
                "utc_offset_minutes": 60, "foil_hole": 7, "clusters": 1, "micrographs": cost, "pairs": cost,
                "distance_um": 0.1,
            ])
        }
    }

    private let clock = MicroscopeClock(offsets: [60])

    private func numbers(_ lines: [String]) -> [Int] {
        lines[1].split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
    }

    @Test("A few stand in the order of time")
    func few() throws {
        let lines = IncidentRow.lines(try incidents([1, 9, 3]), clock)
        #expect(lines.count == 2 && lines[0] == "3 incidents; times: microscope's clock, UTC+01:00")
        #expect(numbers(lines) == [1, 2, 3])
    }

    @Test("Of many the costliest are printed, and what the others cost is said")
    func many() throws {
        let costs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99]
        let lines = IncidentRow.lines(try incidents(costs), clock)
        #expect(lines[0] == "14 incidents, the 12 costliest; times: microscope's clock, UTC+01:00")
        #expect(numbers(lines) == [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3])
        #expect(lines[2].hasPrefix("  and 2 more, which cost 3 micrographs: `epu-report tables --table all_incidents`"))
    }

    @Test("Of equally costly ones the earlier comes first")
    func equal() throws {
        #expect(try incidents([3, 5, 3, 5]).byCost.map(\.incident) == [2, 4, 1, 3])
    }
}
