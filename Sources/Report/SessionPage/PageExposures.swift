import EPUArchive
import EPUCore
import GRDB

/// The exposures of a session in time order, as columns.
struct PageExposures {
    /// um
    static let nanometre = 0.001

    /// The first one's time on the microscope's clock, as `2025-01-08T15:24:51`.
    private(set) var start = "1970-01-01T00:00:00"
    /// The last one's, as `2025-01-08 16:59:32`.
    private(set) var end = ""
    private(set) var judged = 0
    private(set) var rate = AcquisitionRate([])
    private(set) var columns = JSONObject()
    /// That the analysis counts with, um; nil: not known.
    private(set) var beamDiameters: [Double?] = []
    private(set) var stops = PageStops()
    private(set) var squares: [JSONObject] = []
    /// By exposure id.
    private(set) var indices: [Int64: Int] = [:]
    private var startInstant: Timestamp?

    init(_ choice: AnalysisChoice, _ db: Database) throws {
        var values = Values()
        var ofDiameter: [Double?: Int] = [:]
        var times: [Timestamp] = []
        let offset = try SessionPageData.offset(of: choice, db)
        let rows = try Row.fetchCursor(
            db, sql: Self.query,
            arguments: ["analysis": choice.analysisID, "session": choice.session.sessionID])
        while let row = try rows.next() {
            let instant = Timestamp(archiveText: row["acquired_at"] as String)
            if let instant { times.append(instant) }
            if let instant {
                let text = LocalTime(instant: instant, utcOffsetMinutes: row["utc_offset_minutes"]).microscopeText
                end = String(text.prefix(19))
                if startInstant == nil {
                    startInstant = instant
                    start = end.replacing(" ", with: "T")
                }
            }
            indices[row["exposure_id"]] = values.names.count
            let x: Double? = row["x_um"]
            if x != nil { judged += 1 }
            let diameter: Double? = row["beam_diameter_um"]
            let beam = ofDiameter[diameter] ?? beamDiameters.count
            if beam == beamDiameters.count {
                ofDiameter[diameter] = beam
                beamDiameters.append(diameter)
            }
            stops.add(Vector2(row["stage_x_um"], row["stage_y_um"]) - offset)
            values.add(
                row, time: instant.flatMap { instant in startInstant.map(instant.seconds) }, beam: beam,
                // What a session that was not compared had given comes on top.
                isDoseKnown: choice.unknowns.notCompared.isEmpty)
        }
        rate = AcquisitionRate(times)
        columns = values.columns
        squares = values.squares
    }

    /// Seconds from the first exposure to a time of the archive.
    func seconds(at archiveText: String) -> Double? {
        Timestamp(archiveText: archiveText).flatMap { instant in startInstant.map(instant.seconds) }
    }

    private static let query = """
        SELECT e.exposure_id, e.name, e.acquired_at, e.utc_offset_minutes, e.stage_x_um, e.stage_y_um, e.grid_square,
               e.foil_hole, e.area, e.beam_shift_x, e.beam_shift_y,
               \(CountedValue.beamDiameter(of: "e", in: "s")) AS beam_diameter_um, e.dose_e_per_a2,
               e.applied_defocus_um, p.x_um, p.y_um, d.dose_e_per_a2 AS before, d.nearest_um, d.nearest_unplanned_um,
               r.verdict, m.cluster
        FROM exposure e
        JOIN analysis a ON a.analysis_id = :analysis
        JOIN placement_set s ON s.placement_set_id = a.placement_set_id
        LEFT JOIN placement p
            ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
            AND p.placement_id <= ifnull(a.last_placement_id, p.placement_id)
        LEFT JOIN pre_exposure d USING (placement_id)
        LEFT JOIN review r ON r.exposure_id = e.exposure_id
        LEFT JOIN beam_shift_cluster_member m ON m.exposure_id = e.exposure_id AND m.clustering_id = (
            SELECT clustering_id FROM beam_shift_clustering WHERE session_id = e.session_id AND method = 'lattice'
            ORDER BY created_at DESC, clustering_id DESC LIMIT 1)
        WHERE e.session_id = :session
        ORDER BY e.acquired_at, e.name, e.exposure_id
        """

    /// The columns while they fill.
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

        mutating func add(_ row: Row, time seconds: Double?, beam index: Int, isDoseKnown: Bool) {
            names.append(row["name"])
            reviews.append(row["verdict"])
            time.append(seconds)
            x.append(row["x_um"])
            y.append(row["y_um"])
            square.append(row["grid_square"])
            hole.append(row["foil_hole"])
            area.append(row["area"])
            shiftX.append(row["beam_shift_x"])
            shiftY.append(row["beam_shift_y"])
            beam.append(index)
            dose.append(row["dose_e_per_a2"])
            defocus.append(row["applied_defocus_um"])
            before.append(isDoseKnown ? row["before"] : nil)
            nearest.append(row["nearest_um"])
            unplanned.append(row["nearest_unplanned_um"])
            position.append(row["cluster"])
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
            columns.add("before", before, step: 0.01)
            columns.add("nearest", nearest)
            columns.add("unplanned", unplanned)
            columns.add("position", position)
            return columns
        }

        /// Each grid square with the middle and the upper edge of its exposures, um.
        var squares: [JSONObject] {
            var members: [Int: [Int]] = [:]
            for index in names.indices {
                if let square = square[index], x[index] != nil { members[square, default: []].append(index) }
            }
            return members.sorted { $0.key < $1.key }.map { id, members in
                var square = JSONObject()
                square.add("id", id)
                square.add("x", members.compactMap { x[$0] }.reduce(0, +) / Double(members.count))
                square.add("top", members.compactMap { y[$0] }.max())
                return square
            }
        }
    }
}
