import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The holes of one session, as far as they tell where its grid lay on the stage: um, in the session's own coordinates.
struct GridHoles {
    struct Shot {
        /// The true centre of the hole, um.
        let place: Vector2
        /// The number of its stage stop, from 0.
        let stop: Int
    }

    struct Square {
        var shot: [Shot] = []
        /// All holes in the hole map, shot or not, where those that were shot turned out to lie.
        var map: [MappedHoles.Hole] = []
        /// The foil's lattice vectors as columns, um; nil where the holes show none.
        var lattice: Matrix2?
        /// The centre of the square, as EPU has it, um.
        var recorded: Vector2?

        /// The holes of the map or, if there is no map, those that were shot, um.
        var holes: [Vector2] { map.isEmpty ? shot.map(\.place) : map.map(\.place) }
    }

    let session: SessionRow
    private(set) var squares: [Int64: Square] = [:]
    private(set) var kind: FoilLattice.Kind = .square
    /// Whether the calibration is good: only a good one tells a turned grid from a wrong matrix.
    let isGood: Bool
    /// The session's lattice vectors as columns, um, for any square that shows none of its own.
    private(set) var lattice: Matrix2?

    /// The pitch of the foil, um; nil where the holes show no lattice.
    var pitch: Double? { lattice.map { (abs($0.determinant) / kind.cellArea).squareRoot() } }
    var hasMaps: Bool { squares.values.contains { !$0.map.isEmpty } }

    /// - Parameters:
    ///   - exposures: the exposures of the session, in time order.
    ///   - calibrations: the session's own calibrations.
    init(
        _ session: SessionRow, _ exposures: [SessionExposure], _ calibrations: [StoredCalibration],
        _ template: TemplateOffsets, _ db: Database
    ) throws {
        self.session = session
        let placed = try ExposurePlacing(calibrations, exposures, judging: session.sessionID, db)
        let calibration = placed.calibration(of: exposures)
        let positions = placed.positions(of: exposures, calibration: calibration)
        let visits = Visits(exposures)
        let centres = HoleCentres(
            exposures, positions: positions, visits: visits, calibration: calibration,
            matrices: calibrations.map(\.matrix), template: template)
        isGood = calibrations.allSatisfy { $0.verdict == .good }
        var mapped = try MappedHoles(session, db)
        var isSeen = [Bool](repeating: false, count: visits.visits)
        for (index, exposure) in exposures.enumerated() where !isSeen[visits.visit[index]] {
            isSeen[visits.visit[index]] = true
            guard let square = exposure.gridSquare, centres.frame[index] == 0, centres.centre[index].isFinite,
                let placing = calibration[index], calibrations[placing].isUsable
            else { continue }
            squares[square, default: Square()].shot
                .append(Shot(place: centres.centre[index], stop: visits.stop[index]))
            mapped.add(centres.centre[index], of: exposure.foilHole)
        }
        for (square, holes) in mapped.aligned { squares[square, default: Square()].map = holes }
        let recorded = try Row.fetchAll(
            db,
            sql: """
                SELECT grid_square, stage_x_um, stage_y_um FROM grid_square
                WHERE session_id = ? AND stage_x_um IS NOT NULL AND stage_y_um IS NOT NULL
                """, arguments: [session.sessionID])
        for row in recorded { squares[row[0], default: Square()].recorded = Vector2(row[1], row[2]) }
        // The commonest condition has the first calibration.
        let main = exposures.indices.filter { calibration[$0] == 0 }.map { exposures[$0] }
        if let found = FoilLattice(HoleVisits(main)) {
            (lattice, kind) = (calibrations[0].matrix * found.vectors, found.kind)
            if let found = lattice, found.determinant < 0 {
                // A matrix that mirrors has turned the second vector to the clockwise side.
                lattice = Matrix2(columns: found.secondColumn, found.firstColumn)
            }
        } else if let found = try latticeOfCentres(db) {
            (lattice, kind) = (found.vectors, found.kind)
        }
        for (id, square) in squares {
            let own = lattice(of: square)
            squares[id]?.lattice = own
        }
    }

    private func latticeOfCentres(_ db: Database) throws -> (vectors: Matrix2, kind: FoilLattice.Kind)? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT avg(hole_spacing_um), avg(rotation_deg) FROM grid_square
                WHERE session_id = ? AND hole_spacing_um > 0 AND rotation_deg IS NOT NULL
                """, arguments: [session.sessionID])
        guard let pitch: Double = row?[0], let degrees: Double = row?[1] else { return nil }
        return ShotLattice.found(
            squares.mapValues { $0.shot.map(\.place) }, pitch: pitch, angle: degrees * .pi / 180)
    }

    /// The lattice of a square. The foils of two squares may lie turned against each other: the session's lattice is only where
    /// the search for a square's own begins.
    private func lattice(of square: Square) -> Matrix2? {
        guard let lattice, let pitch else { return nil }
        for holes in [square.shot.map(\.place), square.map.map(\.place)] {
            var vectors = lattice
            var share = 0.0
            for reach in [1.5, 3, 6] {
                guard let better = ShotLattice.improved(vectors, [0: holes], reach: reach * pitch) else { break }
                (vectors, share) = better
            }
            if share >= ShotLattice.leastShare { return vectors }
        }
        return lattice
    }

    /// How many holes both sessions may have shot in common: for each square that both have, the smaller of their numbers, added
    /// up.
    func commonHoles(with other: GridHoles) -> Int {
        squares.reduce(0) { $0 + min($1.value.shot.count, other.squares[$1.key]?.shot.count ?? 0) }
    }
}
