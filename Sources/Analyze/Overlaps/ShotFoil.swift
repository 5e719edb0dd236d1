import EPUShared
import Foundation
import GRDB

/// The holes of one session, as far as they tell where its grid lay on the stage.
struct ShotFoil {
    let session: SessionRow
    /// True centres of the holes that were shot, by square, um in the session's own stage coordinates.
    private(set) var shot: [Int64: [Vector2]] = [:]
    /// Of all holes by the hole map, um, brought to where those that were shot turned out to lie: it was made at a low
    /// magnification, which may be as far aside as the next hole.
    private(set) var map: [Int64: [Vector2]] = [:]
    /// Centres of its grid squares, um.
    private var squares: [Vector2] = []
    /// Columns: the foil's lattice vectors on the stage, um; nil where the holes show none.
    private var lattice: Matrix2?
    private var kind: FoilLattice.Kind = .square
    /// Only good calibrations tell a turned grid from a wrong matrix.
    private let isGood: Bool

    /// - Parameters:
    ///   - exposures: of the session, in time order.
    ///   - calibrations: its own.
    init(
        _ session: SessionRow, _ exposures: [SessionExposure], _ calibrations: [StoredCalibration],
        _ template: TemplateOffsets, _ db: Database
    ) throws {
        self.session = session
        let ofExposure = CalibrationOfExposure(calibrations)
        let calibration = exposures.map { ofExposure[$0] }
        let set = PlacementSet(
            placementSetID: 0, calibrations: calibrations, stops: try StopCorrections(calibrations, exposures, db),
            offsets: [:], sessionID: session.sessionID)
        let positions = set.positions(of: exposures, calibration: calibration)
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
            shot[square, default: []].append(centres.centre[index])
            mapped.add(centres.centre[index], of: exposure.foilHole)
        }
        map = mapped.aligned
        squares = try Row.fetchAll(
            db,
            sql: """
                SELECT stage_x_um, stage_y_um FROM grid_square
                WHERE session_id = ? AND stage_x_um IS NOT NULL AND stage_y_um IS NOT NULL
                """, arguments: [session.sessionID]
        ).map { Vector2($0[0], $0[1]) }
        // The commonest condition has the first calibration.
        let main = exposures.indices.filter { calibration[$0] == 0 }.map { exposures[$0] }
        if let found = FoilLattice(HoleVisits(main)) {
            (lattice, kind) = (calibrations[0].matrix * found.vectors, found.kind)
        } else if let found = try latticeOfCentres(db) {
            (lattice, kind) = (found.vectors, found.kind)
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
        return ShotLattice.found(shot, pitch: pitch, angle: degrees * .pi / 180)
    }
}

// MARK: - Two sessions

extension ShotFoil {
    /// What two sessions tell of how far the grid was moved between them.
    enum Move {
        case measured(SessionOffset)
        /// Nothing speaks for a move or against it.
        case unknown(String)
        /// It was moved, and no offset says how.
        case undetermined(String)
    }

    /// Of the foil, degrees. Below this a turn cannot be told from the errors of two calibrations.
    private static let greatestTurn = 1.5
    /// By which offsets of single squares, or of holes, may differ, um: positions of two sessions are known to about that.
    private static let greatestScatter = 0.15
    /// Fewer say nothing.
    private static let fewestDifferences = 10
    /// Of phases that lie anywhere it is 0, of those within a fifth of the pitch 0.8.
    private static let leastResultant = 0.7
    /// An offset this small without whole steps is that of a grid that stayed where it was, um: one that was taken out
    /// comes so near a whole step by a chance of 5 % on a foil of 2.5 um.
    private static let unmoved = 0.3
    /// Greatest offset that is sought, um.
    private static let greatestOffset = 25.0
    /// Of the way to the next square: beyond this an offset could as well be one to the other side, a square aside.
    private static let greatestShareOfSquare = 0.4

    func commonHoles(with other: ShotFoil) -> Int {
        shot.reduce(0) { $0 + min($1.value.count, other.shot[$1.key]?.count ?? 0) }
    }

    /// Of this session's stage coordinates against the other's.
    func move(from other: ShotFoil) -> Move {
        guard let lattice = other.lattice ?? self.lattice, let inverse = lattice.inverse else {
            return .unknown("where its grid lay cannot be measured, as the holes show no lattice of the foil")
        }
        if let turn = turn(from: other), abs(turn) > Self.greatestTurn {
            return .undetermined("the grid lies turned by \(abs(turn).text(decimals: 1)) degrees between them")
        }
        let pitch = abs(lattice.determinant).squareRoot()
        var all = FoldedDifferences()
        var bySquare: [FoldedDifferences] = []
        for (square, holes) in shot.sorted(by: { $0.key < $1.key }) {
            guard let others = other.shot[square] else { continue }
            let folded = FoldedDifferences(holes, others, inverse, pitch: pitch)
            bySquare.append(folded)
            all.add(folded)
        }
        guard let mean = all.mean, all.count >= Self.fewestDifferences else {
            return .unknown("where its grid lay cannot be measured, as too few holes of both lie near each other")
        }
        guard mean.resultant > Self.leastResultant else { return .undetermined(notOneOffset(from: other, by: nil)) }
        let residuals = bySquare.compactMap(\.mean).map {
            (lattice * FoldedDifferences.remainder($0.phase - mean.phase)).squaredLength
        }
        let rms = (residuals.reduce(0, +) / Double(max(1, residuals.count))).squareRoot()
        // A turn moves each square, and each hole in it, differently; so does a stage that lost its way meanwhile.
        let scatter = max(rms, all.greatestMove(lattice, around: mean.phase))
        guard scatter <= Self.greatestScatter || !isGood || !other.isGood else {
            return .undetermined(notOneOffset(from: other, by: scatter))
        }
        let fine = lattice * mean.phase
        guard let step = step(from: other, lattice, fine) else {
            return .undetermined(
                "the grid was moved between them by \(fine.x.text(decimals: 2)), \(fine.y.text(decimals: 2)) um, or by that "
                    + "and some holes, and the hole maps do not tell which")
        }
        // Of a normal distribution on the circle, whose mean unit vector is so long.
        let spread = (-2 * log(mean.resultant)).squareRoot() / (2 * .pi) * pitch
        let holes = shot.reduce(0) { $0 + (other.shot[$1.key] == nil ? 0 : $1.value.count) }
        let error = Vector2(0.02, Vector2(scatter, spread / Double(max(1, holes)).squareRoot()).length).length
        return .measured(SessionOffset(vector: fine + step, error: error))
    }

    /// - Parameter scatter: um; nil: more than can be told.
    private func notOneOffset(from other: ShotFoil, by scatter: Double?) -> String {
        guard isGood, other.isGood else {
            return "their holes do not lie apart by one offset, which a wrong calibration of one of them would explain"
        }
        let extent = scatter.map { "by offsets that differ by \($0.text(decimals: 2)) um" } ?? "by very different ones"
        return "their holes do not lie apart by one offset, but \(extent), as on a grid that was turned"
    }

    /// Whole steps of the lattice, um, by the hole maps. Where these do not tell, an offset that is all but none is taken: the
    /// sessions share an atlas, and a grid that stayed where it was is the likeliest. Nil: not to be told.
    private func step(from other: ShotFoil, _ lattice: Matrix2, _ fine: Vector2) -> Vector2? {
        let distance = Self.nearestSquares(squares.count > 1 ? squares : other.squares)
        let maps = HoleMapStep(
            map, other.map, lattice: lattice, fine: fine,
            limit: min(Self.greatestOffset, Self.greatestShareOfSquare * distance))
        if let clearest = maps.clearest { return clearest }
        return fine.length <= Self.unmoved && !maps.excludesNone ? .zero : nil
    }

    /// The least distance of two grid squares, um; infinite where there are not two.
    private static func nearestSquares(_ centres: [Vector2]) -> Double {
        var least = Double.infinity
        for (number, centre) in centres.enumerated() {
            for other in centres[..<number] {
                let distance = centre.distance(to: other)
                if distance >= leastSquare { least = min(least, distance) }
            }
        }
        return least
    }

    /// Of any mesh, um: what is nearer is one square that was listed twice.
    private static let leastSquare = 20.0

    /// Degrees, as the lattice's symmetry leaves it; nil where it cannot be told from a wrong matrix.
    private func turn(from other: ShotFoil) -> Double? {
        guard let own = lattice, let others = other.lattice, isGood, other.isGood else { return nil }
        let period = kind == .square ? 90.0 : 60.0
        let turn = (own.firstColumn.angle - others.firstColumn.angle) * 180 / .pi
        return turn - period * (turn / period).rounded()
    }
}

extension StoredCalibration {
    /// Whether it takes a beam shift to the stage, so that places of two sessions can be compared.
    var isUsable: Bool { verdict != .undetermined && method != .stage && method != .none }
}
