import EPUCore

/// The matrix by the hole map: GridSquare_*.dm has the stage position of every hole, as seen at low magnification: with an offset
/// and a scale that is some per cent wrong, but with the right mirror and rotation.
///
/// The model is position of the hole = A (stage) + B (beam shift) + constant of the patch, with A near the identity; M = A^-1 B.
/// B rests on holes of one stop, which a wrong centre moves together; A on the stops.
struct HoleMapMethod {
    let segments: [Segment]
    private let patches: Int

    /// Holes that were shot in a row from one stop, and moved together if they were missed.
    struct Segment {
        let patch: Int
        let stop: Int
        let stage: Vector2
        var holes: [(map: Vector2, shift: Vector2)]
        /// The means of the holes.
        private(set) var map = Vector2.zero
        private(set) var shift = Vector2.zero

        init(patch: Int, stop: Int, stage: Vector2, first: (map: Vector2, shift: Vector2)) {
            (self.patch, self.stop, self.stage) = (patch, stop, stage)
            holes = [first]
        }

        mutating func calculateMeans() { (map, shift) = (holes.map(\.map).mean, holes.map(\.shift).mean) }
    }

    /// The error of the map's scale, as a part, before stops tell it better.
    private static let mapScaleError = 0.03
    /// The usual scatter of positions in one map, um.
    private static let mapScatter = 0.1
    /// The greatest jump from hole to hole, um: a greater one begins another centre.
    private static let jump = 0.7

    /// - Parameter positions: the positions of foil holes on the stage, um.
    static func calibration(_ visits: HoleVisits, positions: [Int64: Vector2]) -> Calibration? {
        HoleMapMethod(visits, positions)?.calibration()
    }

    private init?(_ visits: HoleVisits, _ positions: [Int64: Vector2]) {
        patches = visits.patches
        let mapped = visits.visits.filter { positions[$0.foilHole] != nil }
        let steps = zip(mapped, mapped.dropFirst()).filter { $0.stop == $1.stop && $0.patch == $1.patch }.map {
            (
                map: (positions[$1.foilHole] ?? .zero) - (positions[$0.foilHole] ?? .zero),
                shift: $1.beamShift - $0.beamShift
            )
        }
        guard let start = Self.robust(steps) else { return nil }
        var segments: [Segment] = []
        var last = Vector2.zero
        for visit in mapped {
            let map = positions[visit.foilHole] ?? .zero
            let centre = map - start * visit.beamShift
            if let current = segments.last, current.stop == visit.stop, current.patch == visit.patch,
                centre.distance(to: last) < Self.jump
            {
                segments[segments.count - 1].holes.append((map, visit.beamShift))
            } else {
                segments.append(
                    Segment(
                        patch: visit.patch, stop: visit.stop, stage: visits.stops[visit.stop].stage,
                        first: (map, visit.beamShift)))
            }
            last = centre
        }
        for index in segments.indices { segments[index].calculateMeans() }
        self.segments = segments
    }

    /// A first matrix from the steps from hole to hole: most are right, a few lead from one cluster to another that was shot in
    /// its place.
    private static func robust(_ steps: [(map: Vector2, shift: Vector2)]) -> Matrix2? {
        var weights = [Double](repeating: 1, count: steps.count)
        var matrix: Matrix2?
        for scale in [2.0, 1, 0.5, 0.3, 0.3, 0.3] {
            var fit = LinearFit()
            for (step, weight) in zip(steps, weights) { fit.add(step.shift, to: step.map, weight: weight) }
            matrix = hasLever(fit) ? fit.matrix : nil
            guard let matrix else { return nil }
            // The weights are Cauchy's.
            weights = steps.map { 1 / (1 + ($0.map - matrix * $0.shift).squaredLength / (scale * scale)) }
        }
        return matrix
    }

    /// Whether beam shifts tell the matrix of map = matrix x shift.
    private static func hasLever(_ fit: LinearFit) -> Bool {
        let (greater, smaller) = fit.normal.singularValues
        // Holes on one line, or beam shifts of a centring only, give no lever.
        return smaller > 0.003 * greater && smaller > 4 * 0.02 * 0.02
    }

    // MARK: - The fit

    struct Fit {
        /// The matrices A and B of the model.
        var stage: Matrix2
        var shift: Matrix2
        var matrix: Matrix2
        var origin: [Vector2]
        /// The standard errors of A and of B, as parts, if holes of a map err independently.
        var stageError: Double
        var shiftError: Double
    }

    private func calibration() -> Calibration? {
        let equal = [Double](repeating: 1, count: segments.count)
        guard var fit = fit(equal, equal) else { return nil }
        var weights = equal
        for scale in [1.5, 0.7, 0.4, 0.4] {
            weights = segments.map { segment in
                1 / (1 + residual(of: segment, fit).squaredLength / (scale * scale))
            }
            guard let better = self.fit(equal, weights) else { return nil }
            fit = better
        }
        guard Calibration.plausibleScales.contains(fit.matrix.scale) else { return nil }
        var result = Calibration(.holes, fit.matrix, relativeError: 0)
        let (errors, relative) = bootstrap(fit, weights)
        let shift = max(relative, fit.shiftError)
        result.relativeError = (shift * shift + fit.stageError * fit.stageError).squareRoot()
        result.errors = relative > 0 ? result.relativeError / relative * errors : nil
        let squares = segments.flatMap { segment in
            let own = residual(of: segment, fit)
            return segment.holes.map { hole in
                (hole.map - segment.map - fit.shift * (hole.shift - segment.shift)
                    + (own.length < Self.jump ? own : .zero)).squaredLength
            }
        }
        result.residual = (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
        result.holes = squares.count
        result.stops = Set(segments.map(\.stop)).count
        return result
    }

    private func residual(of segment: Segment, _ fit: Fit) -> Vector2 {
        segment.map - fit.shift * segment.shift - fit.stage * segment.stage - fit.origin[segment.patch]
    }

    /// The fit with weights; nil where the holes and stops do not give one.
    /// - Parameters:
    ///   - holes: the weight of each segment's holes among each other.
    ///   - stops: the weight of each segment as a whole.
    func fit(_ holes: [Double], _ stops: [Double]) -> Fit? {
        var within = LinearFit()
        for (segment, weight) in zip(segments, holes) {
            for hole in segment.holes {
                within.add(hole.shift - segment.shift, to: hole.map - segment.map, weight: weight)
            }
        }
        guard Self.hasLever(within), let shift = within.matrix, let shiftVariance = within.rowVariance else {
            return nil
        }
        // The stage's means are taken off in each patch, then A - 1 follows by least squares, held near 0.
        let rest = segments.map { $0.map - shift * $0.shift - $0.stage }
        var sums = [(weight: Double, stage: Vector2, rest: Vector2)](
            repeating: (0, .zero, .zero), count: patches)
        for (index, segment) in segments.enumerated() {
            let weight = stops[index]
            sums[segment.patch].weight += weight
            sums[segment.patch].stage = sums[segment.patch].stage + weight * segment.stage
            sums[segment.patch].rest = sums[segment.patch].rest + weight * rest[index]
        }
        let means = sums.map { sum in
            sum.weight > 0 ? (stage: 1 / sum.weight * sum.stage, rest: 1 / sum.weight * sum.rest) : (.zero, .zero)
        }
        let held = Self.mapScatter * Self.mapScatter / (Self.mapScaleError * Self.mapScaleError)
        var fit = LinearFit()
        fit.holdAtZero(weight: held)
        for (index, segment) in segments.enumerated() {
            fit.add(
                segment.stage - means[segment.patch].stage, to: rest[index] - means[segment.patch].rest,
                weight: stops[index])
        }
        guard let excess = fit.matrix, let variance = fit.rowVariance else { return nil }
        let stage = Matrix2(1 + excess.m11, excess.m12, excess.m21, 1 + excess.m22)
        guard let toStage = stage.inverse else { return nil }
        let matrix = toStage * shift
        guard matrix.isFinite, matrix.inverse != nil else { return nil }
        return Fit(
            stage: stage, shift: shift, matrix: matrix,
            origin: means.map { $0.rest - excess * $0.stage },
            stageError: Self.mapScatter * (variance / 2).squareRoot(),
            shiftError: Self.mapScatter * (shiftVariance / 2).squareRoot() / matrix.scale)
    }
}
