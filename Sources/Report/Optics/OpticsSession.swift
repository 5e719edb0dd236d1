import EPUArchive
import EPUCore
import GRDB

/// A session's optics groups, and what its exposures tell of them.
struct OpticsSession {
    struct Group {
        /// The name of the group, with the session's name before it: in files that it joins, RELION takes groups of one name for
        /// one group, and loses the optics of the second.
        let name: String
        /// The pixel size of the movies, Angstrom; nil if it is not recorded.
        let pixelSize: Double?
        /// The voltage, kV; nil if it is not recorded.
        let highTension: Double?
        /// The greatest distance of two beam shifts in a beam-shift cluster, beam-shift units; nil if the group is one beam-shift
        /// position, or none.
        var tolerance: Double?
        fileprivate(set) var exposures = 0
    }

    struct Exposure {
        /// The base name without suffix.
        let name: String
        /// The number of its optics group, from 1.
        let group: Int
        /// Whether the archive gave the group its number.
        let isPlaced: Bool
        /// Whether it is bad; nil if it was not judged.
        let isBad: Bool?
        let camera: SessionMovies.Camera
    }

    let session: SessionRow
    /// The groups by number, from 1 without gaps. Those that the archive numbered come first; exposures without a group in the
    /// archive are in groups after them.
    private(set) var groups: [Group]
    /// The number of groups that the archive numbered.
    let numbered: Int
    /// The ways in which the pixels of movies come from those of the images, in no order.
    private(set) var pixels: Set<MoviePixel> = []
    /// The least voltage of all its exposures, kV; nil if it is recorded of none.
    private(set) var leastVoltage: Double?
    /// Whether an exposure names a Tundra as its microscope.
    private(set) var isTundra = false
    private let prefix: String

    /// - Parameters:
    ///   - analysisID: the analysis whose verdicts count; nil means only a person's verdicts.
    ///   - body: is given the exposures in time order. It must not make another `OpticsSession`: the two would share a statement.
    /// - Throws: `DatabaseError`, or what `body` throws.
    init(_ session: SessionRow, analysisID: Int64?, _ db: Database, forEach body: (Exposure) throws -> Void) throws {
        self.session = session
        let prefix = session.folderName + "_"
        groups = try Row.fetchAll(
            db,
            sql: """
                SELECT optics_group, pixel_size_a, high_tension_kv, tolerance FROM optics_group WHERE session_id = ?
                ORDER BY optics_group
                """, arguments: [session.sessionID]
        ).map {
            Group(name: "\(prefix)opticsGroup\($0[0] as Int)", pixelSize: $0[1], highTension: $0[2], tolerance: $0[3])
        }
        numbered = groups.count
        self.prefix = prefix
        var statement = try RowStatement(
            db,
            """
            SELECT e.name, g.optics_group, \(ExposureVerdict.sql), e.fractionation, \(SessionMovies.cameraSQL), e.high_tension_kv,
                   e.pixel_size_a, e.super_resolution, e.instrument_model LIKE '%tundra%'
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
            let fractionation = row.string(3)
            let pixel = MoviePixel(
                imagePixelSize: row.optionalDouble(6), superResolution: row.optionalInt(7), fractionation: fractionation
            )
            if let pixel { pixels.insert(pixel) }
            let voltage = row.optionalDouble(5)
            if let voltage { leastVoltage = min(leastVoltage ?? voltage, voltage) }
            if row.int(8) != 0 { isTundra = true }
            let group =
                row.optionalInt(1).map(Int.init)
                ?? unplaced(pixelSize: pixel?.size, highTension: voltage?.rounded(decimals: 6))
            groups[group - 1].exposures += 1
            try body(
                Exposure(
                    name: row.string(0) ?? "", group: group, isPlaced: group <= numbered,
                    isBad: row.optionalInt(2).map { $0 != 0 },
                    camera: SessionMovies.Camera(fractionation: fractionation, name: row.string(4))))
        }
    }

    /// The group for exposures without one in the archive: there is one for each pixel size and voltage.
    private mutating func unplaced(pixelSize: Double?, highTension: Double?) -> Int {
        let same = groups[numbered...].firstIndex { $0.pixelSize == pixelSize && $0.highTension == highTension }
        if let same { return same + 1 }
        let count = groups.count - numbered
        groups.append(
            Group(
                name: "\(prefix)opticsGroup_unplaced" + (count == 0 ? "" : "\(count + 1)"), pixelSize: pixelSize,
                highTension: highTension))
        return groups.count
    }

    /// The number of exposures in groups that the archive did not number.
    var unplaced: Int { groups[numbered...].reduce(0) { $0 + $1.exposures } }

    /// What a reader must know of groups that the archive did not number; nil if there are none.
    var warning: String? {
        guard unplaced > 0 else { return nil }
        return
            "\(session.name): the beam's position is not known of \(counted(unplaced, "exposure")), which have no "
            + "numbered group (\(groups.last?.name ?? "")). Run `epu-analyze calibrate` if they came after it."
    }
}
