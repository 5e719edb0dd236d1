import EPUCore
import Foundation

/// All candidates that the methods found for one condition of a session.
struct CalibrationCandidates {
    let template: [Calibration]
    let holes: Calibration?
    let history: Calibration?
    let centring: Calibration?
    /// The candidates of the lattice, the one with the greatest evidence first.
    let lattice: [Calibration]

    /// - Parameter method: the method to use; nil: all methods.
    init(_ input: CalibrationInput, _ method: CalibrationMethod?) {
        func wants(_ other: CalibrationMethod) -> Bool { method == nil || method == other }
        let tilt = Tilt(input.condition)
        template =
            wants(.template)
            ? TemplateMethod.calibrations(input.visits, offsets: input.areaOffsets).map(tilt.applied) : []
        holes =
            wants(.holes) ? HoleMapMethod.calibration(input.visits, positions: input.holePositions) : nil
        let hasImages = method == nil || method == .centring || method == .lattice
        let images = hasImages ? CentringMethod.calibration(input) : nil
        centring = wants(.centring) ? images : nil
        let earlier = HistoryMethod.calibration(input.earlier, startedAt: input.startedAt).map(tilt.applied)
        history = wants(.history) ? earlier : nil
        guard wants(.lattice), let foil = input.lattice else {
            lattice = []
            return
        }
        // The search by the lattice alone, too, may start from what the microscope had before, and from what hole images say.
        let known =
            (template + [holes, earlier].compactMap { $0 }).map(\.matrix)
            + (images.map { Self.near($0.matrix) } ?? [])
        var search = LatticeMethod(
            input.visits, foil, pitch: input.condition.isTilted ? nil : input.pitch, mapHoles: input.mapHoles,
            imagePairs: input.imagePairs)
        if !input.likelyMatrices.isEmpty { search.usual = input.likelyMatrices }
        let found = search.calibrations(
            from: known, searches: !input.condition.isTilted, flattening: tilt.flattening)
        let others = [holes, history, centring].compactMap { $0 } + (template.count == 1 ? template : [])
        lattice = Self.ranked(found, by: others)
    }

    /// The starts about a matrix of the hole image: from one that is some per cent wrong, distant stops may be put on the
    /// neighbours of their sites.
    private static func near(_ matrix: Matrix2) -> [Matrix2] {
        [0, -0.03, 0.03].flatMap { scale in
            [0, -1.5, 1.5].map { turn in Matrix2(scale: 1 + scale, angleDegrees: turn, isMirrored: false) * matrix }
        }
    }

    var all: [Calibration] {
        lattice + [centring, holes].compactMap { $0 } + template + [history].compactMap { $0 }
    }

    /// The results of methods that need no lattice and leave no choice.
    private var independent: [Calibration] {
        [holes, history, centring].compactMap { $0 } + (template.count == 1 ? template : [])
    }

    /// What it is worth that another method finds the same, in log likelihood.
    private static let supportOfMethod = 15.0

    private static func evidence(_ candidate: Calibration, _ others: [Calibration]) -> Double {
        others.filter { candidate.isConsistent(with: $0) }.reduce(candidate.lattice?.evidence ?? 0) { sum, other in
            sum + (other.centring?.support ?? supportOfMethod)
        }
    }

    private static func ranked(_ lattice: [Calibration], by others: [Calibration]) -> [Calibration] {
        let order = lattice.indices.sorted { a, b in
            let (first, second) = (evidence(lattice[a], others), evidence(lattice[b], others))
            return first != second ? first > second : a < b
        }
        return order.map { lattice[$0] }
    }

    /// By how much the candidate is ahead of the best one that differs from it, in log likelihood.
    func margin(of candidate: Calibration) -> Double {
        let own = Self.evidence(candidate, independent)
        let rivals = lattice.filter { $0.matrix.difference(from: candidate.matrix) > Self.distinct }
        let best = rivals.map { Self.evidence($0, independent) }.max()
        // Without a rival the evidence must carry by itself: chance alone gives a residual of 0.4.
        let chance = candidate.lattice.map { -Double(max(0, $0.freedom)) * log(0.4) } ?? own
        return own - max(best ?? -.infinity, chance)
    }

    /// The part by which two matrices differ if they are distinct: it would put the holes at a cluster's rim 0.2 um elsewhere.
    private static let distinct = 0.02

    func support(for candidate: Calibration) -> (agreeing: [Calibration], disagreeing: [Calibration]) {
        (
            independent.filter { candidate.isConsistent(with: $0) },
            // Few hole images may agree by chance with another matrix: they then say nothing against this one.
            independent.filter { !candidate.isConsistent(with: $0) && $0.centring?.isProven != false }
        )
    }
}
