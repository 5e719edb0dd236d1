import EPUCore
import Foundation

/// EPU's own matrix, read from what it did: where it found holes in their images, and the beam shifts that it made of that.
enum CentringMethod {
    /// The matrix is exact in the hole image's frame; that is off the stage's by some per cent in scale, and some degree.
    static let scaleError = 0.03
    static let turnError = 1.0 * .pi / 180
    /// How far the stage's own matrix may lie from it: scale as a part, degrees, and stretch.
    static let scaleReach = 0.06
    static let turnReach = 3.0
    static let stretchReach = 1.06

    static func calibration(_ input: CalibrationInput) -> Calibration? {
        guard !input.holeImages.isEmpty else { return nil }
        let points = CentringPoints(input)
        guard let consensus = CentringConsensus(points.points) else { return nil }
        let found = Centring(input, points, consensus)
        // Areas alone are the template's own method.
        guard found.support > 0, found.holes > 1 else { return nil }
        let error = (scaleError * scaleError + turnError * turnError + consensus.fitError * consensus.fitError)
            .squareRoot()
        var result = Calibration(.centring, consensus.matrix, relativeError: error)
        let element = error * consensus.matrix.scale / 2.0.squareRoot()
        result.errors = Matrix2(element, element, element, element)
        result.residual = consensus.residual
        result.holes = found.holes
        result.centring = found
        return result
    }
}

/// What hole images told of a session: how sure, and which holes EPU centred.
struct Centring: Sendable {
    /// A hole's part in it, by its first visit.
    struct Hole: Sendable {
        let foilHole: Int64
        /// The hole's own image that its beam shift may follow; nil: there is none.
        let imageID: Int64?
        /// From where the image has it, um; nil: there is no such image.
        let residual: Double?
        let isUsed: Bool
        /// The hole whose beam shift it repeats: it was not centred; nil: it was, or that is not known.
        let repeats: Int64?
    }

    /// Holes that hold.
    let holes: Int
    /// Equations that hold beyond the unknowns.
    let beyond: Int
    /// What agreement with it is worth to another candidate, log likelihood.
    let support: Double
    /// It needs no other method to be believed.
    let isProven: Bool
    /// In the order of their first visits.
    private(set) var centred: [Hole] = []
    /// Of the template's areas from the hole's centre, um.
    private(set) var areaOffsets: [Int64: Vector2] = [:]

    private static let leastBeyond = 5
    /// Expected number of such sets by chance: 1 in 1000.
    private static let rareChance = -6.9
    /// A random matrix has singular values within 12 % once in 150 times, and is near one of a foil's eight readings once in
    /// 25.
    private static let coincidence = 8.0
    private static let supportOfProven = 40.0

    init(_ input: CalibrationInput, _ points: CentringPoints, _ consensus: CentringConsensus) {
        holes = zip(points.points, consensus.holds).count { $0.hole != nil && $1 }
        beyond = consensus.beyond
        isProven = beyond >= Self.leastBeyond && consensus.chance < Self.rareChance && holes > 1
        let isConformal = consensus.matrix.singularRatio < LatticeSearch.greatestRatio
        let own = (isConformal ? Self.coincidence : 0) - consensus.chance
        support = isProven ? Self.supportOfProven : min(Self.supportOfProven / 2, own)
        describe(input, points, consensus)
    }

    private mutating func describe(_ input: CalibrationInput, _ points: CentringPoints, _ consensus: CentringConsensus)
    {
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
        var lastOfHole: [Int64: Int] = [:]
        var seen: Set<Int64> = []
        for (number, visit) in visits.visits.enumerated() {
            defer { lastOfHole[visit.foilHole] = number }
            guard seen.insert(visit.foilHole).inserted else { continue }
            let own = points.ownImage[number]
            var repeats: Int64?
            if own == nil, let last = points.lastImage[number] {
                // Its beam shift follows the image of another hole, or is that of this hole's own exposures.
                let centred = input.holeImages[last].foilHole
                let isSame = lastOfHole[centred].map { other in
                    componentOfVisit[other] == componentOfVisit[number]
                        && visits.visits[other].stop != visit.stop
                        && visits.visits[other].beamShift.distance(to: visit.beamShift) < CentringPoints.sameBeamShift
                }
                let isFollowed = residual(number, last).map { $0 < CentringConsensus.tolerance }
                if centred != visit.foilHole, isSame == true || isFollowed == true { repeats = centred }
            }
            centred.append(
                Hole(
                    foilHole: visit.foilHole, imageID: own.map { input.holeImages[$0].id },
                    residual: own.flatMap { residual(number, $0) }, isUsed: used.contains(number), repeats: repeats))
        }
        for (area, shift) in visits.areas {
            guard let constant = visits.component[area].flatMap({ consensus.constants[$0] }) else { continue }
            areaOffsets[area] = constant + consensus.matrix * shift
        }
    }

    /// Holes that were not centred.
    var repeating: Int { centred.count { $0.repeats != nil } }
    /// Holes with an image that their beam shift does not follow.
    var apart: [Int64] { centred.filter { $0.residual != nil && !$0.isUsed && $0.repeats == nil }.map(\.foilHole) }
}

extension Calibration {
    /// Whether a matrix of the stage may be this one of the hole image, whose scale and direction are a little off.
    func isNear(centring: Matrix2) -> Bool {
        guard let inverse = centring.inverse else { return false }
        let quotient = matrix * inverse
        return !quotient.isMirrored && abs(quotient.scale - 1) <= CentringMethod.scaleReach
            && abs(quotient.angleDegrees) <= CentringMethod.turnReach
            && quotient.singularRatio <= CentringMethod.stretchReach
    }
}
