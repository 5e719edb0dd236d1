import EPUArchive
import EPUCore
import GRDB

/// The places where a calibration puts the stage stops, foil holes and exposures of a session.
struct StageMap {
    struct Stop {
        let number: Int
        /// The place of the stop, um.
        let place: Vector2
        let gridSquare: Int64?
    }

    struct Hole {
        let stop: Int
        let foilHole: Int64
        let gridSquare: Int64?
        /// The place of the hole, um, except for a constant shift that the template gives.
        let place: Vector2
        /// The site within its grid square; nil if the hole lies on none.
        let site: LatticeSite?
        /// The vector from that site to the hole, um.
        let residual: Vector2?
    }

    struct Exposure {
        /// The number of the stage stop; nil if the calibration saw no stops.
        let stop: Int?
        let gridSquare: Int64?
        /// The stage read-back, um.
        let stage: Vector2
        /// The position: stage - its stop's correction + matrix x beam shift, um.
        let place: Vector2
    }

    /// The stops in time order, like the holes and the exposures.
    var stops: [Stop]
    var holes: [Hole]
    var exposures: [Exposure]
}

extension StageMap {
    init(of calibration: StoredCalibration, _ exposures: [CalibratedExposure], _ db: Database) throws {
        let squares = [Int64: Int64?](uniqueKeysWithValues: exposures.map { ($0.exposureID, $0.gridSquare) })
        var stops: [Stop] = []
        // A stop lasts until the first exposure of the next one.
        var starts: [Int64: Int] = [:]
        var ofStops = try RowStatement(
            db, "SELECT stop, first_exposure_id, x_um, y_um FROM stage_stop WHERE calibration_id = ? ORDER BY stop")
        ofStops.bind(calibration.calibrationID)
        try ofStops.forEachRow { row in
            let (number, first) = (Int(row.int(0)), row.int(1))
            stops.append(
                Stop(
                    number: number, place: Vector2(row.double(2), row.double(3)), gridSquare: squares[first] ?? nil))
            starts[first] = number
        }
        let corrections = try StopCorrections([(calibration.calibrationID, exposures.map(\.exposureID))], db)
        var stop: Int?
        let placed = exposures.map { exposure in
            stop = starts[exposure.exposureID] ?? stop
            return Exposure(
                stop: stop, gridSquare: exposure.gridSquare, stage: exposure.stage,
                place: BeamPosition.onStage(
                    stage: exposure.stage, readBackError: corrections.correction(of: exposure.exposureID),
                    beamShift: exposure.beamShift, matrix: calibration.matrix))
        }
        self.init(stops: stops, holes: try Hole.all(of: calibration.calibrationID, db), exposures: placed)
    }
}

extension StageMap.Hole {
    fileprivate static func all(of calibrationID: Int64, _ db: Database) throws -> [StageMap.Hole] {
        var holes: [StageMap.Hole] = []
        var statement = try RowStatement(
            db,
            """
            SELECT stop, foil_hole, grid_square, x_um, y_um, site_i, site_j, residual_x_um, residual_y_um
            FROM hole_site WHERE calibration_id = ? ORDER BY visit
            """)
        statement.bind(calibrationID)
        try statement.forEachRow { row in
            holes.append(
                StageMap.Hole(
                    stop: Int(row.int(0)), foilHole: row.int(1), gridSquare: row.optionalInt(2),
                    place: Vector2(row.double(3), row.double(4)), site: row.site(5, 6),
                    residual: row.vector(7, 8).flatMap { $0.isFinite ? $0 : nil }))
        }
        return holes
    }
}

// MARK: - Grid squares

extension StageMap {
    /// The grid square with the most stops; if there are no stops, with the most exposures. Of equal squares it is the one with
    /// the least id.
    var busiestSquare: Int64? {
        let squares = stops.isEmpty ? exposures.map(\.gridSquare) : stops.map(\.gridSquare)
        let counts = squares.reduce(into: [Int64?: Int]()) { $0[$1, default: 0] += 1 }
        return counts.min { ($1.value, $0.key ?? .max) < ($0.value, $1.key ?? .max) }?.key ?? nil
    }

    /// What lies in one grid square; nil means that the square was not recorded.
    func inside(_ square: Int64?) -> StageMap {
        var part = self
        part.stops.removeAll { $0.gridSquare != square }
        part.holes.removeAll { $0.gridSquare != square }
        part.exposures.removeAll { $0.gridSquare != square }
        return part
    }

    /// The rows of the foil's lattice where it has holes, um.
    /// - Parameter lattice: the lattice on the stage, um.
    func lines(of lattice: PlottedLattice) -> [[Vector2]] {
        Dictionary(grouping: holes.filter { $0.site != nil }, by: \.gridSquare)
            .sorted { ($0.key ?? .max) < ($1.key ?? .max) }
            .flatMap { _, holes in
                let placed = holes.compactMap { hole in hole.site.map { (place: hole.place, site: $0, weight: 1.0) } }
                guard let origin = lattice.origin(fitting: placed) else { return [[Vector2]]() }
                return lattice.lines(through: placed.map(\.site), origin: origin)
            }
    }

    /// The places that overviews show, um: the stops or, if none were found, the stage at each exposure.
    var stagePlaces: [Vector2] { stops.isEmpty ? exposures.map(\.stage) : stops.map(\.place) }
}

/// The name of a grid square, as EPU's folders have it.
func squareName(_ square: Int64?) -> String { square.map { "GridSquare_\($0)" } ?? "no grid square recorded" }
