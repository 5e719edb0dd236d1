import EPUCore

/// Sums of a linear least-squares problem with four unknowns for each of the two beam-shift components, and for each patch a
/// constant and its own lattice vectors. Sums of stage stops can be added with any weight, so that a bootstrap does not see
/// the holes again.
///
/// Model of a hole at lattice site n of patch p, shot from the stage position S: beam shift = G_p n - W S + origin_p + error of
/// the stop + error of the hole, where the G_p scatter about the session's G.
struct LatticeSums {
    private(set) var weight = 0.0
    /// The sums of (n_i, n_j, S_x, S_y).
    private(set) var z = SIMD4<Double>.zero
    private(set) var zz = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    private(set) var h = Vector2.zero
    private(set) var zhx = SIMD4<Double>.zero
    private(set) var zhy = SIMD4<Double>.zero

    /// - Parameters:
    ///   - site: the hole's site of the lattice.
    ///   - stage: the stage position from the middle of the patch, um.
    mutating func add(site: Vector2, stage: Vector2, beamShift: Vector2) {
        let row = SIMD4(site.x, site.y, stage.x, stage.y)
        weight += 1
        z += row
        zz.0 += row[0] * row
        zz.1 += row[1] * row
        zz.2 += row[2] * row
        zz.3 += row[3] * row
        h = h + beamShift
        zhx += beamShift.x * row
        zhy += beamShift.y * row
    }

    mutating func add(_ other: LatticeSums, times factor: Double) {
        weight += factor * other.weight
        z += factor * other.z
        zz.0 += factor * other.zz.0
        zz.1 += factor * other.zz.1
        zz.2 += factor * other.zz.2
        zz.3 += factor * other.zz.3
        h = h + factor * other.h
        zhx += factor * other.zhx
        zhy += factor * other.zhy
    }

    /// The sums of one stop whose holes share an error, as a generalized least-squares fit weighs them: deviations from their
    /// mean count in full, the mean itself by (1 - share).
    /// - Parameter share: n s^2 / (n s^2 + h^2), with s the standard deviation of the stop's error and h that of a hole's.
    func sharingError(_ share: Double) -> LatticeSums {
        guard weight > 0, share > 0 else { return self }
        var sums = self
        let part = share / weight
        sums.zz.0 -= part * z[0] * z
        sums.zz.1 -= part * z[1] * z
        sums.zz.2 -= part * z[2] * z
        sums.zz.3 -= part * z[3] * z
        sums.zhx -= part * h.x * z
        sums.zhy -= part * h.y * z
        sums.weight = (1 - share) * weight
        sums.z = (1 - share) * z
        sums.h = (1 - share) * h
        return sums
    }

    var holes: Double { weight }

    init(_ stop: StopSums) { self.init(stop.ofSites, stop.ofStage) }

    init(_ sites: SiteSums, _ stages: StageSums) {
        weight = stages.holes
        z = SIMD4(lowHalf: sites.sites, highHalf: stages.stages)
        zz = (
            SIMD4(lowHalf: SIMD2(sites.squares.x, sites.mixed), highHalf: sites.firstByStage),
            SIMD4(lowHalf: SIMD2(sites.mixed, sites.squares.y), highHalf: sites.secondByStage),
            SIMD4(sites.firstByStage.x, sites.secondByStage.x, stages.squares.x, stages.mixed),
            SIMD4(sites.firstByStage.y, sites.secondByStage.y, stages.mixed, stages.squares.y)
        )
        h = Vector2(stages.shifts.x, stages.shifts.y)
        zhx = SIMD4(lowHalf: sites.byX, highHalf: stages.byX)
        zhy = SIMD4(lowHalf: sites.byY, highHalf: stages.byY)
    }

    init() {}
}
