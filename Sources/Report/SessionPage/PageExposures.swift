import EPUArchive
import EPUCore
import GRDB

/// The exposures of a session in time order, as columns.
struct PageExposures {
    /// One nanometre, um.
    static let nanometre = 0.001

    /// The time of the first exposure on the microscope's clock, as `2025-01-08T15:24:51`.
    private(set) var start = "1970-01-01T00:00:00"
    /// The time of the last exposure on the microscope's clock, as `2025-01-08 16:59:32`.
    private(set) var end = ""
    private(set) var judged = 0
    private(set) var rate = AcquisitionRate([])
    private(set) var columns = JSONObject()
    /// The beam diameters with which the analysis counts, um; nil if one is not known.
    private(set) var beamDiameters: [Double?] = []
    private(set) var stops = PageStops()
    private(set) var squares: [JSONObject] = []
    /// The folders of the exposures' JPGs, by the numbers in the columns.
    private(set) var folders: [String] = []
    /// The number of each exposure in the columns, by its id.
    private(set) var indices: [Int64: Int] = [:]
    private var startInstant: Timestamp?

    /// - Parameter pictures: whether the JPGs of exposures are looked up.
    init(_ choice: AnalysisChoice, pictures: Bool = true, _ db: Database) throws {
        var values = Values()
        var ofDiameter: [Double?: Int] = [:]
        var times: [Timestamp] = []
        let offset = try SessionPageData.offset(of: choice, db)
        var statement = try RowStatement(db, Self.query(pictures: pictures))
        statement.bind(choice.analysisID)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in
            let instant = row.string(2).flatMap { Timestamp(archiveText: $0) }
            if let instant {
                times.append(instant)
                let offset = row.optionalInt(3).map(Int.init)
                let text = LocalTime(instant: instant, utcOffsetMinutes: offset).microscopeText
                end = String(text.prefix(19))
                if startInstant == nil {
                    // A whole second, so that the script's clock changes when the archive's does.
                    let (seconds, _) = instant.ticks.quotientAndRemainder(dividingBy: Timestamp.ticksPerSecond)
                    startInstant = Timestamp(ticks: seconds * Timestamp.ticksPerSecond)
                    start = end.replacing(" ", with: "T")
                }
            }
            indices[row.int(0)] = values.names.count
            if !row.isNull(14) { judged += 1 }
            let diameter = row.optionalDouble(11)
            let beam = ofDiameter[diameter] ?? beamDiameters.count
            if beam == beamDiameters.count {
                ofDiameter[diameter] = beam
                beamDiameters.append(diameter)
            }
            stops.add(Vector2(row.double(4), row.double(5)) - offset)
            values.add(
                row, time: instant.flatMap(seconds), beam: beam,
                // Sessions that were not compared may have added to the dose.
                isDoseKnown: choice.unknowns.notCompared.isEmpty)
        }
        rate = AcquisitionRate(times)
        columns = values.columns
        squares = values.squares
        folders = try values.folders.paths(db)
    }

    /// The seconds from the first exposure to a time of the archive; nil if either time is not known.
    func seconds(at archiveText: String) -> Double? { Timestamp(archiveText: archiveText).flatMap(seconds) }

    /// The seconds from the first exposure's second to an instant, in whole tenths: none is rounded up into the next second.
    private func seconds(at instant: Timestamp) -> Double? {
        startInstant.map { (10 * instant.seconds(since: $0)).rounded(.down) / 10 }
    }

    /// The exposures in time order, which is the order of all numbers of exposures on the page. Columns are read by their places,
    /// as this loop runs for each of 50,000 rows.
    private static func query(pictures: Bool) -> String {
        """
        SELECT e.exposure_id, e.name, e.acquired_at,
               ifnull(e.utc_offset_minutes, \(MicroscopeClock.usualSQL(session: "?2"))),
               e.stage_x_um, e.stage_y_um, e.grid_square, e.foil_hole, e.area, e.beam_shift_x, e.beam_shift_y,
               \(CountedValue.beamDiameter(of: "e", in: "s")) AS beam_diameter_um, e.dose_e_per_a2,
               e.applied_defocus_um, p.x_um, p.y_um, d.dose_e_per_a2 AS before, d.nearest_um, d.nearest_unplanned_um,
               r.verdict, m.cluster, \(pictures ? "f.session_root_id, f.path" : "NULL, NULL")
        FROM exposure e
        JOIN analysis a ON a.analysis_id = ?1
        JOIN placement_set s ON s.placement_set_id = a.placement_set_id
        LEFT JOIN placement p ON \(JudgedPlacement.sql)
        LEFT JOIN pre_exposure d USING (placement_id)
        LEFT JOIN review r ON r.exposure_id = e.exposure_id
        \(pictures ? "LEFT JOIN source_file f ON f.source_file_id = e.image_file_id" : "")
        LEFT JOIN beam_shift_cluster_member m ON m.exposure_id = e.exposure_id AND m.clustering_id = (
            \(LatestClustering.sql(of: "e.session_id")))
        WHERE e.session_id = ?2
        ORDER BY e.acquired_at, e.name, e.exposure_id
        """
    }

    /// The columns while they are filled.
    private struct Values {
        private(set) var names: [String] = []
        private var reviews: [String?] = []
        private var time: [Double?] = []
        private var x: [Double?] = []
        private var y: [Double?] = []
        private var square: [Int?] = []
        private var hole: [Int?] = []
        private var area: [Int?] = []
        private var shiftX: [Double?] = []
        private var shiftY: [Double?] = []
        private var beam: [Int] = []
        private var dose: [Double?] = []
        private var defocus: [Double?] = []
        private var before: [Double?] = []
        private var nearest: [Double?] = []
        private var unplanned: [Double?] = []
        private var position: [Int?] = []
        private var folder: [Int?] = []
        private(set) var folders = PictureFolders()

        /// - Parameter row: a row of `query`.
        mutating func add(_ row: borrowing ResultRow, time seconds: Double?, beam index: Int, isDoseKnown: Bool) {
            names.append(row.string(1) ?? "")
            reviews.append(row.string(19))
            time.append(seconds)
            x.append(row.optionalDouble(14))
            y.append(row.optionalDouble(15))
            square.append(row.optionalInt(6).map(Int.init))
            hole.append(row.optionalInt(7).map(Int.init))
            area.append(row.optionalInt(8).map(Int.init))
            shiftX.append(row.optionalDouble(9))
            shiftY.append(row.optionalDouble(10))
            beam.append(index)
            dose.append(row.optionalDouble(12))
            defocus.append(row.optionalDouble(13))
            before.append(isDoseKnown ? row.optionalDouble(16) : nil)
            nearest.append(row.optionalDouble(17))
            unplanned.append(row.optionalDouble(18))
            position.append(row.optionalInt(20).map(Int.init))
            folder.append(
                folders.number(ofRoot: row.optionalInt(21), path: row.string(22), name: names[names.count - 1]))
        }

        var columns: JSONObject {
            var columns = JSONObject()
            columns.add("name", names)
            columns.add("review", reviews)
            columns.add("time", time, step: 0.1)
            columns.add("x", x, step: PageExposures.nanometre)
            columns.add("y", y, step: PageExposures.nanometre)
            columns.add("square", square)
            columns.add("hole", hole)
            columns.add("area", area)
            columns.add("shiftX", shiftX, step: 1e-5)
            columns.add("shiftY", shiftY, step: 1e-5)
            columns.add("beam", beam)
            columns.add("dose", dose, step: 0.01)
            columns.add("defocus", defocus, step: 0.001)
            columns.add("before", before, step: 0.001)
            columns.add("nearest", nearest)
            columns.add("unplanned", unplanned)
            columns.add("position", position)
            columns.add("folder", folder)
            return columns
        }

        /// Each grid square with the middle and the edges of its exposures, um.
        var squares: [JSONObject] {
            var members: [Int: [Int]] = [:]
            for index in names.indices {
                if let square = square[index], x[index] != nil { members[square, default: []].append(index) }
            }
            return members.sorted { $0.key < $1.key }.map { id, members in
                var square = JSONObject()
                square.add("id", id)
                square.add("x", members.compactMap { x[$0] }.reduce(0, +) / Double(members.count))
                square.add("left", members.compactMap { x[$0] }.min())
                square.add("right", members.compactMap { x[$0] }.max())
                square.add("bottom", members.compactMap { y[$0] }.min())
                square.add("top", members.compactMap { y[$0] }.max())
                return square
            }
        }
    }
}
