import EPUCore

/// What the holes of one stop add to `LatticeSums`: the same sums to the last bit, with no product made twice.
///
/// All holes of a stop have one stage position, and what `LatticeSums` has on both sides of its diagonal is equal.
struct StopSums {
    private let stage: SIMD2<Double>
    private let squareOfStage: SIMD2<Double>
    private let mixedOfStage: Double
    private(set) var holes = 0.0
    private(set) var sites = SIMD2<Double>.zero
    private(set) var stages = SIMD2<Double>.zero
    /// The sums of i i and j j, and of i j.
    private(set) var squares = SIMD2<Double>.zero
    private(set) var mixed = 0.0
    /// The sums of i S and of j S.
    private(set) var firstByStage = SIMD2<Double>.zero
    private(set) var secondByStage = SIMD2<Double>.zero
    private(set) var stageSquares = SIMD2<Double>.zero
    private(set) var stageMixed = 0.0
    private(set) var shifts = SIMD2<Double>.zero
    private(set) var xBySite = SIMD2<Double>.zero
    private(set) var yBySite = SIMD2<Double>.zero
    private(set) var xByStage = SIMD2<Double>.zero
    private(set) var yByStage = SIMD2<Double>.zero

    /// - Parameter stage: the stage position from the middle of the patch, um.
    init(stage: Vector2) {
        self.stage = SIMD2(stage.x, stage.y)
        squareOfStage = self.stage * self.stage
        mixedOfStage = stage.x * stage.y
    }

    @inline(__always)
    mutating func add(site: Vector2, beamShift: Vector2) {
        let site = SIMD2(site.x, site.y)
        holes += 1
        sites += site
        stages += stage
        squares += site * site
        mixed += site.x * site.y
        firstByStage += site.x * stage
        secondByStage += site.y * stage
        stageSquares += squareOfStage
        stageMixed += mixedOfStage
        shifts += SIMD2(beamShift.x, beamShift.y)
        xBySite += beamShift.x * site
        yBySite += beamShift.y * site
        xByStage += beamShift.x * stage
        yByStage += beamShift.y * stage
    }
}
