import EPUCore

/// The matrix by the template: EpuSession.dm says where each area lies on the stage, the beam shifts say where it lies in beam
/// shift.
enum TemplateMethod {
    /// The error of the scale, as a part: the scale is that of the hole image, which is good to some per cent (2 to 4 were seen).
    static let scaleError = 0.025
    /// The error of the scale, as a part, where two areas alone give it.
    private static let scaleErrorOfTwoAreas = 0.04

    /// The candidates: one where three areas span the plane. Two areas leave it open whether there is a mirror: then there are
    /// both readings, the mirrored one first. Empty where fewer than two areas were shot in one hole.
    /// - Parameter offsets: the places of the areas from the hole's centre on the stage, um.
    static func calibrations(_ visits: HoleVisits, offsets: [Int64: Vector2]) -> [Calibration] {
        var pairs: [(shift: Vector2, offset: Vector2)] = []
        let areas = visits.areas.keys.sorted().filter { offsets[$0] != nil }
        for members in Dictionary(grouping: areas, by: { visits.component[$0] ?? 0 }).sorted(by: { $0.key < $1.key })
            .map(\.value) where members.count > 1
        {
            let shifts = members.map { visits.areas[$0] ?? .zero }
            let places = members.map { offsets[$0] ?? .zero }
            let (shiftMean, placeMean) = (shifts.mean, places.mean)
            pairs += zip(shifts, places).map { ($0 - shiftMean, $1 - placeMean) }
        }
        var fit = LinearFit()
        for (shift, offset) in pairs { fit.add(shift, to: offset) }
        let (normal, moment) = (fit.normal, fit.moment)
        let spread = normal.m11 + normal.m22
        // The two areas are at one point, or there is nothing to compare.
        guard spread > 1e-6 else { return [] }
        let (greater, smaller) = normal.singularValues
        if smaller > 0.04 * greater, let matrix = fit.matrix {
            return [calibration(matrix, pairs, scaleError, spread, note: nil)].filter { isUsable($0) }
        }
        // Written as complex numbers, offset = c conj(shift) with a mirror, c shift without.
        let (a, b) = (moment.m11 - moment.m22, moment.m12 + moment.m21)
        let (c, d) = (moment.m11 + moment.m22, moment.m21 - moment.m12)
        let mirrored = Matrix2(a / spread, b / spread, b / spread, -a / spread)
        let proper = Matrix2(c / spread, -d / spread, d / spread, c / spread)
        return [
            calibration(
                mirrored, pairs, scaleErrorOfTwoAreas, spread,
                note: "a mirror is assumed, as on all microscopes that were measured: areas on one line cannot tell"),
            calibration(proper, pairs, scaleErrorOfTwoAreas, spread, note: "without a mirror"),
        ].filter { isUsable($0) }
    }

    private static func isUsable(_ calibration: Calibration) -> Bool {
        calibration.matrix.isFinite && Calibration.plausibleScales.contains(calibration.matrix.scale)
    }

    private static func calibration(
        _ matrix: Matrix2, _ pairs: [(shift: Vector2, offset: Vector2)], _ error: Double, _ spread: Double,
        note: String?
    ) -> Calibration {
        let squares = pairs.reduce(0) { $0 + ($1.offset - matrix * $1.shift).squaredLength }
        let relative = (squares / max(1e-12, pairs.reduce(0) { $0 + $1.offset.squaredLength })).squareRoot()
        var result = Calibration(.template, matrix, relativeError: (error * error + relative * relative).squareRoot())
        result.residual = (squares / Double(pairs.count)).squareRoot()
        let deviation = result.relativeError * matrix.scale / 2.0.squareRoot()
        result.errors = Matrix2(deviation, deviation, deviation, deviation)
        result.note = note
        return result
    }
}
