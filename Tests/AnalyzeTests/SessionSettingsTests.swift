import EPUCore
import GRDB
import Testing

@testable import epu_analyze

@Suite("The settings of a session")
struct SessionSettingsTests {
    private typealias Values = (probeMode: String?, highTension: Double?, magnification: Int?)

    private static let values: [Values] = [
        ("NanoProbe", 300, 105_000), ("NanoProbe", 300, 105_000), (nil, 300, 105_000), ("MicroProbe", 300, 8700),
        ("NanoProbe", nil, 105_000), ("NanoProbe", 300, nil), ("NanoProbe", 300, 105_000), ("microprobe", 300, 8700),
        ("", 200, 105_000), ("NanoProbe", 200, 105_000), ("NanoProbe", 300, 81_000), (nil, nil, nil),
        ("Nanoprobe\u{e9}", 300, 105_000), ("Nanoprobez", 300, 105_000), (nil, nil, nil),
    ]

    @Test(
        "The commonest first, and of equal numbers in the order of SQLite: nothing before something, text by its bytes")
    func order() throws {
        let exposures = Self.values.enumerated().map { index, values in
            SessionExposure(
                exposureID: Int64(index), foilHole: 1, area: 1, stage: .zero, beamShift: .zero,
                acquired: Timestamp(ticks: 0), beamDiameter: nil, dose: nil,
                setting: ExposureSetting(
                    sessionID: 1, gridSquare: nil, condition: Condition(probeMode: values.probeMode, alphaDegrees: nil),
                    highTension: values.highTension, magnification: values.magnification))
        }
        let queue = try DatabaseQueue()
        let expected = try queue.write { db in
            try db.execute(sql: "CREATE TABLE e (probe_mode TEXT, high_tension_kv REAL, magnification INTEGER) STRICT")
            for values in Self.values {
                try db.execute(
                    sql: "INSERT INTO e (probe_mode, high_tension_kv, magnification) VALUES (?, ?, ?)",
                    arguments: [values.probeMode, values.highTension, values.magnification])
            }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT probe_mode, high_tension_kv, magnification, count(*) AS exposures FROM e
                    GROUP BY 1, 2, 3 ORDER BY exposures DESC, 1, 2, 3
                    """
            ).map {
                [$0[0] as String?, ($0[1] as Double?)?.text(), ($0[2] as Int?).map(String.init), String($0[3] as Int)]
            }
        }
        let found = SessionKnowledge.settings(of: exposures).map {
            [$0.probeMode, $0.highTension?.text(), $0.magnification.map { String($0) }, String($0.exposures)]
        }
        #expect(found == expected)
        #expect(found.first == ["NanoProbe", "300", "105000", "3"])
        #expect(SessionKnowledge.settings(of: []).isEmpty)
    }
}
