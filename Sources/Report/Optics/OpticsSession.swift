import EPUShared
import GRDB

/// A session's optics groups, and the group and verdict of each of its exposures.
struct OpticsSession {
    struct Group {
        let name: String
        /// Angstrom per pixel of the stored image; nil: not recorded.
        let pixelSize: Double?
        /// kV; nil: not recorded.
        let highTension: Double?
    }

    struct Exposure {
        /// Base name without suffix.
        let name: String
        /// From 1.
        let group: Int
        /// Nil: not judged.
        let isBad: Bool?
        let fractionation: String?
        let camera: String?
    }

    let session: SessionRow
    /// By number, from 1 without gaps. Those that the archive numbered come first; exposures whose position is not known
    /// are in groups behind them.
    private(set) var groups: [Group]
    /// In time order.
    private(set) var exposures: [Exposure] = []
    /// Exposures in groups that the archive did not number.
    private(set) var withoutPosition = 0

    /// - Parameter analysisID: whose verdicts count; nil: a person's only.
    init(_ session: SessionRow, analysisID: Int64?, _ db: Database) throws {
        self.session = session
        groups = try Row.fetchAll(
            db,
            sql: """
                SELECT optics_group, pixel_size_a, high_tension_kv FROM optics_group WHERE session_id = ?
                ORDER BY optics_group
                """, arguments: [session.sessionID]
        ).map { Group(name: "opticsGroup\($0[0] as Int)", pixelSize: $0[1], highTension: $0[2]) }
        let numbered = groups.count
        var statement = try RowStatement(
            db,
            """
            SELECT e.name, g.optics_group, \(ExposureVerdict.sql), e.fractionation, e.camera, e.pixel_size_a, e.high_tension_kv
            FROM exposure e
            LEFT JOIN optics_group_member m ON m.exposure_id = e.exposure_id
            LEFT JOIN optics_group g ON g.optics_group_id = m.optics_group_id AND g.session_id = e.session_id
            \(ExposureVerdict.joins(analysis: "?1"))
            WHERE e.session_id = ?2
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """)
        statement.bind(analysisID)
        statement.bind(session.sessionID)
        try statement.forEachRow { row in
            let number =
                row.optionalInt(1).map(Int.init)
                ?? unplaced(after: numbered, pixelSize: row.optionalDouble(5), highTension: row.optionalDouble(6))
            if number > numbered { withoutPosition += 1 }
            exposures.append(
                Exposure(
                    name: row.string(0) ?? "", group: number, isBad: row.optionalInt(2).map { $0 != 0 },
                    fractionation: row.string(3), camera: row.string(4)))
        }
    }

    /// The group of exposures without a position: one for each pixel size and voltage.
    private mutating func unplaced(after numbered: Int, pixelSize: Double?, highTension: Double?) -> Int {
        let same = groups[numbered...].firstIndex { $0.pixelSize == pixelSize && $0.highTension == highTension }
        if let same { return same + 1 }
        let count = groups.count - numbered
        groups.append(
            Group(
                name: "opticsGroup_unplaced" + (count == 0 ? "" : "\(count + 1)"), pixelSize: pixelSize,
                highTension: highTension))
        return groups.count
    }

    /// What a reader must know of groups that the archive did not number.
    var warning: String? {
        guard withoutPosition > 0 else { return nil }
        return
            "\(session.name): the beam's position is not known of \(counted(withoutPosition, "exposure")), which get "
            + "a group of their own (\(groups.last?.name ?? "")). Run `epu-analyze` if they came after it."
    }
}
