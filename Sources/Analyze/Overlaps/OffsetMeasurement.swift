import EPUShared
import Foundation
import GRDB

/// Measures by how much the stage coordinates of sessions on one grid differ.
///
/// Holes of both sessions lie on one foil: the differences between holes of one square, shot in the one and in the other
/// session, are vectors of its lattice plus the offset. Folded into one cell of the lattice they give the offset to some 20
/// nm, but for whole steps of the lattice. Which step it is the hole maps tell, which list all holes of a square, shot or
/// not: the one that puts most of them on each other. Without maps the smallest offset is taken.
struct OffsetMeasurement {
    /// By session; the earliest has none. Against the earliest.
    private(set) var offsets: [Int64: SessionOffset] = [:]

    /// Of the foil, degrees. Below this a turn cannot be told from the errors of two calibrations.
    private static let greatestTurn = 1.5
    /// By which offsets of single squares, or of holes, may differ, um: positions of two sessions are known to about that.
    private static let greatestMove = 0.15

    /// - Parameters:
    ///   - exposures: of all sessions, in time order.
    ///   - sessions: in time order.
    /// - Throws: `Failure` where the grid was turned between two sessions.
    init(
        _ exposures: [SessionExposure], _ calibrations: [StoredCalibration], _ sessions: [SessionRow], _ db: Database
    ) throws {
        let template = try TemplateOffsets(sessions.map(\.sessionID), db)
        let all = try sessions.map { session in
            try ShotFoil(
                session, exposures.filter { $0.sessionID == session.sessionID },
                calibrations.filter { $0.sessionID == session.sessionID }, template, db)
        }
        for (number, foil) in all.enumerated().dropFirst() {
            // Of the earlier ones that with the most holes in the same squares.
            let best = all[..<number].max { foil.commonHoles(with: $0) < foil.commonHoles(with: $1) }
            guard let best, let measured = try foil.offset(from: best) else { continue }
            let before = offsets[best.session.sessionID] ?? SessionOffset(vector: .zero, error: 0)
            guard let error = before.error, let own = measured.error else { continue }
            offsets[foil.session.sessionID] = SessionOffset(
                vector: before.vector + measured.vector, error: Vector2(error, own).length)
        }
    }

    /// The holes of one session.
    private struct ShotFoil {
        let session: SessionRow
        /// True centres of the holes that were shot, by square, um in the session's own stage coordinates.
        private var shot: [Int64: [Vector2]] = [:]
        /// Of all holes by the hole map, um.
        private var map: [Int64: [Vector2]] = [:]
        /// Columns: the foil's lattice vectors on the stage, um; nil where holes of one stop show none.
        private let lattice: Matrix2?
        private let kind: FoilLattice.Kind
        private let isGood: Bool

        init(
            _ session: SessionRow, _ exposures: [SessionExposure], _ calibrations: [StoredCalibration],
            _ template: TemplateOffsets, _ db: Database
        ) throws {
            self.session = session
            let ofExposure = CalibrationOfExposure(calibrations)
            let calibration = exposures.map { ofExposure[$0] }
            let positions = zip(exposures, calibration).map { exposure, calibration in
                calibration.map { exposure.stage + calibrations[$0].matrix * exposure.beamShift } ?? Vector2(.nan, .nan)
            }
            let visits = Visits(exposures)
            let centres = HoleCentres(
                exposures, positions: positions, visits: visits, calibration: calibration,
                matrices: calibrations.map(\.matrix), template: template)
            isGood = calibrations.allSatisfy { $0.verdict == .good }
            var isSeen = [Bool](repeating: false, count: visits.visits)
            for (index, exposure) in exposures.enumerated() where !isSeen[visits.visit[index]] {
                isSeen[visits.visit[index]] = true
                guard let square = exposure.gridSquare, centres.frame[index] == 0, centres.centre[index].isFinite,
                    calibrations.contains(where: { $0.verdict != .undetermined && $0.method != .stage })
                else { continue }
                shot[square, default: []].append(centres.centre[index])
            }
            // The commonest condition has the first calibration.
            let main = exposures.indices.filter { calibration[$0] == 0 }.map { exposures[$0] }
            let found = FoilLattice(HoleVisits(main))
            lattice = found.map { calibrations[0].matrix * $0.vectors }
            kind = found?.kind ?? .square
            for hole in try HolePositions(session.sessionID, db).holes {
                guard let square = hole.gridSquare, let position = hole.onMap else { continue }
                map[square, default: []].append(position)
            }
        }

        func commonHoles(with other: ShotFoil) -> Int {
            shot.reduce(0) { $0 + min($1.value.count, other.shot[$1.key]?.count ?? 0) }
        }

        /// Nil where it cannot be measured.
        func offset(from other: ShotFoil) throws -> SessionOffset? {
            guard let lattice = other.lattice ?? self.lattice, let inverse = lattice.inverse else { return nil }
            if let own = self.lattice, let others = other.lattice, isGood, other.isGood {
                let turn = Self.turn(from: others, to: own, kind)
                guard abs(turn) <= OffsetMeasurement.greatestTurn else {
                    throw Failure(
                        "\(session.name) and \(other.session.name) cannot be compared: the grid lies turned by "
                            + "\(turn.text(decimals: 1)) degrees between them. Name other sessions of the grid, or leave out "
                            + "--across-sessions.")
                }
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
            guard let mean = all.mean, all.count >= Self.fewestDifferences else { return nil }
            // Only good calibrations tell a turned grid from a wrong matrix.
            let areGood = isGood && other.isGood
            guard mean.resultant > Self.leastResultant else {
                guard !areGood else { throw notOneOffset(from: other, by: nil) }
                return nil
            }
            let residuals = bySquare.compactMap(\.mean).map {
                (lattice * FoldedDifferences.remainder($0.phase - mean.phase)).squaredLength
            }
            let scatter = (residuals.reduce(0, +) / Double(max(1, residuals.count))).squareRoot()
            // A turn moves each square, and each hole in it, differently; so does a stage that lost its way meanwhile.
            let move = max(scatter, all.greatestMove(lattice, around: mean.phase))
            guard move <= OffsetMeasurement.greatestMove || !areGood else { throw notOneOffset(from: other, by: move) }
            let fine = lattice * mean.phase
            // Of a normal distribution on the circle, whose mean unit vector is so long.
            let spread = (-2 * log(mean.resultant)).squareRoot() / (2 * .pi) * pitch
            let holes = shot.reduce(0) { $0 + (other.shot[$1.key] == nil ? 0 : $1.value.count) }
            let error = Vector2(0.02, Vector2(move, spread / Double(max(1, holes)).squareRoot()).length).length
            return SessionOffset(vector: fine + step(from: other, lattice, fine), error: error)
        }

        /// Fewer say nothing.
        private static let fewestDifferences = 10
        /// Of phases that lie anywhere it is 0, of those within a fifth of the pitch 0.8.
        private static let leastResultant = 0.7

        /// - Parameter move: um; nil: more than can be told.
        private func notOneOffset(from other: ShotFoil, by move: Double?) -> Failure {
            let extent = move.map { "by offsets that differ by \($0.text(decimals: 2)) um" } ?? "by very different ones"
            return Failure(
                "\(session.name) and \(other.session.name) cannot be compared: their holes do not lie apart by one offset, but "
                    + "\(extent), as on a grid that was turned. Name other sessions of the grid, or leave out "
                    + "--across-sessions.")
        }

        /// Whole steps of the lattice, um, by the hole maps.
        private func step(from other: ShotFoil, _ lattice: Matrix2, _ fine: Vector2) -> Vector2 {
            let pitch = abs(lattice.determinant).squareRoot()
            let common = map.keys.filter { other.map[$0] != nil }.sorted()
            // In the order of length, so that of equals the smallest is taken.
            let steps = (-Self.mostSteps...Self.mostSteps).flatMap { i in
                (-Self.mostSteps...Self.mostSteps).map { lattice * Vector2(Double(i), Double($0)) }
            }.sorted { ($0 + fine).squaredLength < ($1 + fine).squaredLength }
            var matches = [Int](repeating: 0, count: steps.count)
            for square in common {
                var grid = PositionGrid(reach: 0.4 * pitch)
                for hole in other.map[square] ?? [] { grid.append(hole) }
                for hole in (map[square] ?? []).prefix(Self.mostMapHoles) {
                    for (number, step) in steps.enumerated()
                    where grid.nearest(within: 0.4 * pitch, of: hole - fine - step) != nil {
                        matches[number] += 1
                    }
                }
            }
            guard let most = matches.max(), most > 0, let smallest = matches.first else {
                return steps.first ?? .zero
            }
            // The maps must speak clearly against the smallest.
            guard Double(most) > 1.02 * Double(smallest) + 2, let best = matches.firstIndex(of: most) else {
                return steps.first ?? .zero
            }
            return steps[best]
        }

        private static let mostSteps = 6
        private static let mostMapHoles = 400

        /// Degrees, as the lattice's symmetry leaves it.
        private static func turn(from a: Matrix2, to b: Matrix2, _ kind: FoilLattice.Kind) -> Double {
            let period = kind == .square ? 90.0 : 60.0
            let turn = (b.firstColumn.angle - a.firstColumn.angle) * 180 / .pi
            return turn - period * (turn / period).rounded()
        }
    }
}
