public import EPUCore
public import GRDB

/// An incident as the archive has it, a row of the view `all_incidents`: what went wrong at the microscope once, and what it cost.
public struct IncidentRow: Encodable, ArchiveRecord, Sendable {
    public let incident: Int
    public let session: String
    public let cause: OverlapCause
    /// The time at which it began, UTC.
    public let startedAt: String
    public let endedAt: String
    /// Minutes that the microscope's clock was ahead of UTC then; where its first exposure recorded none, what is usual in the
    /// session. Nil: not known.
    public let utcOffsetMinutes: Int?
    public let gridSquare: Int64?
    public let foilHole: Int64
    public let clusters: Int
    public let micrographs: Int
    public let pairs: Int
    public let distanceUm: Double
    public let preDoseEPerA2: Double?

    /// The incidents of an analysis, in the order of their numbers.
    /// - Parameter session: The name of the session; nil for all sessions that the analysis covers.
    public static func all(of analysisID: Int64, session: String? = nil, _ db: Database) throws -> [IncidentRow] {
        try fetchAll(
            db,
            sql:
                "\(columns) FROM all_incidents i WHERE analysis_id = ?1 AND session = ifnull(?2, session) ORDER BY incident",
            arguments: [analysisID, session])
    }

    /// The incident of a number; nil where the analysis has none of this number.
    public static func fetch(_ incident: Int, of analysisID: Int64, _ db: Database) throws -> IncidentRow? {
        try fetchOne(
            db, sql: "\(columns) FROM all_incidents i WHERE analysis_id = ? AND incident = ?",
            arguments: [analysisID, incident])
    }

    /// `SELECT` with the columns of a row, from the view `incidents` or `all_incidents`, called `i`.
    public static let columns = """
        SELECT ifnull(i.utc_offset_minutes, \(MicroscopeClock.usualSQL(session: usualSession))) AS utc_offset_minutes, i.*
        """
    private static let usualSession = "(SELECT e.session_id FROM exposure e WHERE e.exposure_id = i.first_exposure_id)"

    /// The time at which it began, on the microscope's clock, to the second: `2025-01-08 15:49:18`.
    public var time: String { start?.microscopeText ?? startedAt }

    /// The same where it stands alone, with the clock's offset from UTC: `2025-01-08 15:49:18 (UTC+01:00)`.
    public var labelledTime: String { start?.labelledText ?? startedAt }

    private var start: LocalTime? {
        Timestamp(archiveText: startedAt).map { LocalTime(instant: $0, utcOffsetMinutes: utcOffsetMinutes) }
    }
}

// MARK: - Cost

extension Sequence<IncidentRow> {
    /// The incidents that cost most micrographs first; among equal ones the earlier.
    public var byCost: [IncidentRow] { sorted { ($1.micrographs, $0.incident) < ($0.micrographs, $1.incident) } }
}

extension Sequence<IncidentRow> {
    /// How many micrographs each cause cost, by its code word.
    public var micrographsByCause: [String: Int] {
        reduce(into: [:]) { $0[$1.cause.rawValue, default: 0] += $1.micrographs }
    }

    /// The causes with what each cost, the costliest first: `51 unmoved-stage, 9 wrong-centre`; nil where there is no incident.
    public var causesText: String? {
        let parts = micrographsByCause.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

// MARK: - Text

extension IncidentRow {
    /// The greatest number of incidents that are printed. Where there are more, these are the costliest.
    private static let mostLines = 12

    /// The number of incidents, and a table of them in the order of time, or of the costliest and what the others cost.
    /// - Parameter clock: The clock of the session, to which all of them belong.
    public static func lines(_ incidents: [IncidentRow], _ clock: MicroscopeClock) -> [String] {
        var table = TextTable(["", "time", "cause", "micrographs", "um", "e/A^2 before", "hole", "square"])
        let isCut = incidents.count > mostLines
        for incident in isCut ? Array(incidents.byCost.prefix(mostLines)) : incidents {
            table.add([
                "  \(incident.incident)", clock.text(incident.startedAt, offset: incident.utcOffsetMinutes),
                incident.cause.rawValue, "\(incident.micrographs)",
                incident.distanceUm.text(decimals: 3),
                incident.preDoseEPerA2.map { $0.text(decimals: 1) } ?? "not known",
                "\(incident.foilHole)", incident.gridSquare.map { "\($0)" } ?? "",
            ])
        }
        let count = counted(incidents.count, "incident")
        let times = "; times: \(clock.heading)"
        guard isCut else { return ["\(count)\(times)", table.text] }
        let others = incidents.byCost.dropFirst(mostLines)
        let cost = others.reduce(0) { $0 + $1.micrographs }
        return [
            "\(count), the \(mostLines) costliest\(times)", table.text,
            "  and \(others.count) more, which cost \(counted(cost, "micrograph")): `epu-report tables --table all_incidents` "
                + "writes all",
        ]
    }
}
