import EPUCore

/// What the holes of one stop add to `LatticeSums`: the same sums to the last bit, with no product made twice, as all of them
/// have one stage position.
struct StopSums {
    private let stage: SIMD2<Double>
    private let squares: SIMD2<Double>
    private let mixed: Double
    private(set) var ofSites = SiteSums()
    private(set) var ofStage = StageSums()

    /// - Parameter stage: the stage position from the middle of the patch, um.
    init(stage: Vector2) {
        self.stage = SIMD2(stage.x, stage.y)
        squares = self.stage * self.stage
        mixed = stage.x * stage.y
    }

    var holes: Double { ofStage.holes }

    @inline(__always)
    mutating func add(site: Vector2, beamShift: Vector2) {
        let shift = SIMD2(beamShift.x, beamShift.y)
        ofSites.add(site: SIMD2(site.x, site.y), stage: stage, beamShift: shift)
        ofStage.add(stage: stage, squares: squares, mixed: mixed, beamShift: shift)
    }
}

/// The sums of a hole's site n = (i, j), and of its products with itself, the stage position S and the beam shift. What
/// `LatticeSums` has on both sides of its diagonal is here once.
struct SiteSums {
    private(set) var sites = SIMD2<Double>.zero
    /// The sums of i i and j j, and of i j.
    private(set) var squares = SIMD2<Double>.zero
    private(set) var mixed = 0.0
    /// The sums of i S and of j S.
    private(set) var firstByStage = SIMD2<Double>.zero
    private(set) var secondByStage = SIMD2<Double>.zero
    /// The sums of n by the components of the beam shift.
    private(set) var byX = SIMD2<Double>.zero
    private(set) var byY = SIMD2<Double>.zero

    @inline(__always)
    mutating func add(site: SIMD2<Double>, stage: SIMD2<Double>, beamShift: SIMD2<Double>) {
        sites += site
        squares += site * site
        mixed += site.x * site.y
        firstByStage += site.x * stage
        secondByStage += site.y * stage
        byX += beamShift.x * site
        byY += beamShift.y * site
    }
}

/// The sums that need no site.
struct StageSums {
    private(set) var holes = 0.0
    private(set) var stages = SIMD2<Double>.zero
    private(set) var squares = SIMD2<Double>.zero
    private(set) var mixed = 0.0
    private(set) var shifts = SIMD2<Double>.zero
    private(set) var byX = SIMD2<Double>.zero
    private(set) var byY = SIMD2<Double>.zero

    /// - Parameters:
    ///   - squares: the squares of the components of `stage`.
    ///   - mixed: their product.
    @inline(__always)
    mutating func add(stage: SIMD2<Double>, squares: SIMD2<Double>, mixed: Double, beamShift: SIMD2<Double>) {
        holes += 1
        stages += stage
        self.squares += squares
        self.mixed += mixed
        shifts += beamShift
        byX += beamShift.x * stage
        byY += beamShift.y * stage
    }
}
