import EPUCore

/// What a consensus of hole images says of a session's holes.
extension Centring {
    private static let leastBeyond = 5
    /// The logarithm of the number of such sets that are expected by chance, at most: 1 in 1000.
    private static let rareChance = -6.9
    /// What the matrix is worth to another candidate, log likelihood. A random matrix has singular values within 12 % once in 150
    /// times, and is near one of a foil's eight readings once in 25.
    private static let coincidence = 8.0
    /// What a proven matrix is worth, log likelihood; one that is not proven is worth at most half.
    private static let supportOfProven = 40.0

    init(_ input: CalibrationInput, _ points: CentringPoints, _ consensus: CentringConsensus) {
        let holes = zip(points.points, consensus.holds).count { $0.hole != nil && $1 }
        let isProven = consensus.beyond >= Self.leastBeyond && consensus.chance < Self.rareChance && holes > 1
        let isConformal = consensus.matrix.singularRatio < LatticeSearch.greatestRatio
        let own = (isConformal ? Self.coincidence : 0) - consensus.chance
        self.init(
            holes: holes, beyond: consensus.beyond,
            support: isProven ? Self.supportOfProven : min(Self.supportOfProven / 2, own), isProven: isProven,
            centred: Self.centred(input, points, consensus), areaOffsets: Self.areaOffsets(input.visits, consensus))
    }

    private static func centred(
        _ input: CalibrationInput, _ points: CentringPoints, _ consensus: CentringConsensus
    ) -> [Hole] {
        let visits = input.visits
        var componentOfVisit: [Int: Int] = [:]
        for (index, visit) in visits.visitOfExposure.enumerated() where componentOfVisit[visit] == nil {
            componentOfVisit[visit] = visits.component[input.exposures[index].area]
        }
        var used: Set<Int> = []
        for (point, isHeld) in zip(points.points, consensus.holds) where isHeld {
            if let hole = point.hole { used.insert(hole.visit) }
        }
        /// How far a visit's beam shift is from what an image asks for, um.
        func residual(_ visit: Int, _ image: Int) -> Double? {
            guard let constant = componentOfVisit[visit].flatMap({ consensus.constants[$0] }) else { return nil }
            return (consensus.matrix * visits.visits[visit].beamShift - input.holeImages[image].offset - constant)
                .length
        }
        var centred: [Hole] = []
        var lastOfHole: [Int64: Int] = [:]
        var seen: Set<Int64> = []
        for (number, visit) in visits.visits.enumerated() {
            defer { lastOfHole[visit.foilHole] = number }
            guard seen.insert(visit.foilHole).inserted else { continue }
            let own = points.ownImage[number]
            var repeats: Int64?
            if own == nil, let last = points.lastImage[number] {
                // Its beam shift follows the image of another hole, or repeats that of this hole's own exposures.
                let imaged = input.holeImages[last].foilHole
                let isSame = lastOfHole[imaged].map { other in
                    componentOfVisit[other] == componentOfVisit[number]
                        && visits.visits[other].stop != visit.stop
                        && visits.visits[other].beamShift.distance(to: visit.beamShift) < CentringPoints.sameBeamShift
                }
                let isFollowed = residual(number, last).map { $0 < CentringConsensus.tolerance }
                if imaged != visit.foilHole, isSame == true || isFollowed == true { repeats = imaged }
            }
            centred.append(
                Hole(
                    foilHole: visit.foilHole, imageID: own.map { input.holeImages[$0].id },
                    residual: own.flatMap { residual(number, $0) }, isUsed: used.contains(number), repeats: repeats))
        }
        return centred
    }

    private static func areaOffsets(_ visits: HoleVisits, _ consensus: CentringConsensus) -> [Int64: Vector2] {
        var offsets: [Int64: Vector2] = [:]
        for (area, shift) in visits.areas {
            guard let constant = visits.component[area].flatMap({ consensus.constants[$0] }) else { continue }
            offsets[area] = constant + consensus.matrix * shift
        }
        return offsets
    }
}
