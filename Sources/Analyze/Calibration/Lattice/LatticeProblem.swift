import EPUCore
import Foundation

/// Holes, stops and the lattice in beam shift, laid out for the fits that are tried on them.
struct LatticeProblem: Sendable {
    typealias Site = FoilLattice.Site

    let lattice: FoilLattice
    /// For each visit, the part of the beam shift that reaches the hole. The arrays below it give the visit's stage position from
    /// the middle of its patch (less `expectedErrors`, um), its stop, its patch and its hole's id.
    let beamShift: [Vector2]
    let stage: [Vector2]
    let stop: [Int]
    let patch: [Int]
    let hole: [Int64]
    /// The index of each visit in the session's list.
    let visits: [Int]
    let stops: Int
    let patches: Int
    /// The distance of each visit's stop from the middle of its patch, um.
    let reach: [Double]
    /// The middle of each patch: the stop nearest to the mean of its stops, um.
    let middle: [Vector2]
    /// The groups of visits, by stop, then patch.
    let groups: [Group]
    /// The patch of each stop; for a stop of two templates, which has two patches, the last.
    let patchOfStop: [Int]
    /// The direction of the last move to each stop, as `directions(_:patchOfStop:stage:middle:)` has it.
    let directions: [Vector2]
    /// The number of different holes.
    let holes: Int
    let patchLattices: PatchLattices
    /// The expected error of read-backs in x and in y, as far as it is known before any fit, um.
    let stageError: Double
    /// For each stop, the error that its pair of hole images gives, by which `stage` has been corrected already, um; nil: it has
    /// no pair.
    let expectedErrors: [Vector2?]
    /// For each stop, the difference of its pair of hole images where that is greater than two usual errors are, um; nil: it is
    /// not.
    let farPairs: [Vector2?]

    /// Visits to holes of one patch from one stop; their stage read-back has one error.
    struct Group: Sendable {
        let stop: Int
        let patch: Int
        let visits: [Int]
    }

    /// Whether the foil lies alike in all patches.
    var isOneLattice: Bool { patchLattices.isOne(pitch: lattice.pitch) }

    /// - Parameters:
    ///   - mostStops: the greatest number of stops: whole patches are taken, those with the most stops first, until there are so
    ///     many; nil takes all.
    init(
        _ session: HoleVisits, _ lattice: FoilLattice, mostStops: Int? = nil,
        imagePairs: HoleImagePairs = HoleImagePairs()
    ) {
        self.lattice = lattice
        stageError = imagePairs.stageError ?? HoleImagePairs.usualError
        var stopsOfPatch = [Set<Int>](repeating: [], count: session.patches)
        for visit in session.visits { stopsOfPatch[visit.patch].insert(visit.stop) }
        let order = stopsOfPatch.indices.sorted { (stopsOfPatch[$1].count, $0) < (stopsOfPatch[$0].count, $1) }
        var taken = [Int](repeating: -1, count: session.patches)
        var total = 0
        var patches = 0
        for patch in order where mostStops.map({ total == 0 || total < $0 }) ?? true {
            taken[patch] = patches
            patches += 1
            total += stopsOfPatch[patch].count
        }
        visits = session.visits.indices.filter { taken[session.visits[$0].patch] >= 0 }
        let chosen = visits.map { session.visits[$0] }
        let used = Set(chosen.map(\.stop)).sorted()
        let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        beamShift = chosen.map(\.beamShift)
        stop = chosen.map { number[$0.stop] ?? 0 }
        patch = chosen.map { taken[$0.patch] }
        hole = chosen.map(\.foilHole)
        stops = used.count
        let expected = used.map { imagePairs.expectedError(ofStop: $0) }
        expectedErrors = expected
        farPairs = zip(used, expected).map { stop, expected in expected == nil ? imagePairs.ofStop[stop] : nil }
        self.patches = patches
        var middle = [Vector2](repeating: .zero, count: patches)
        for patch in stopsOfPatch.indices where taken[patch] >= 0 {
            let places = stopsOfPatch[patch].sorted().map { session.stops[$0].stage }
            let mean = places.mean
            middle[taken[patch]] = places.min { $0.distance(to: mean) < $1.distance(to: mean) } ?? mean
        }
        self.middle = middle
        stage = zip(chosen, stop).map { visit, stop in
            session.stops[visit.stop].stage - (expected[stop] ?? .zero) - middle[taken[visit.patch]]
        }
        reach = stage.map(\.length)
        groups = Self.groups(stop, patch)
        patchOfStop = Self.patches(of: stops, groups)
        directions = Self.directions(groups, patchOfStop: patchOfStop, stage: stage, middle: middle)
        holes = Set(hole).count
        patchLattices = PatchLattices(groups, beamShift: beamShift, patches: patches, start: lattice)
    }

    /// The likeness of the patches' lattices, as `LatticeSums.solve` takes it.
    var likeness: Double {
        let spread = patchLattices.spread
        guard spread > 1e-4 * lattice.pitch, let hole = patchLattices.holeDeviation else { return .infinity }
        return hole * hole / (spread * spread)
    }

    /// The part of the variance of a read-back's error that its pair of hole images leaves unknown.
    func unknownPart(ofStop stop: Int) -> Double { expectedErrors[stop] == nil ? 1 : 0.5 }

    /// What the hole map tells of the foil; nil where squares differ, as the map is taken to be one lattice of several squares.
    func map(_ steps: @autoclosure () -> MapSteps, near fit: LatticeFit) -> FoilMap? {
        isOneLattice ? FoilMap(steps(), near: fit) : nil
    }

    /// The groups of visits by their stops and patches.
    static func groups(_ stop: [Int], _ patch: [Int]) -> [Group] {
        struct Key: Hashable {
            let stop: Int
            let patch: Int
        }
        let members = Dictionary(grouping: stop.indices) { Key(stop: stop[$0], patch: patch[$0]) }
        return members.sorted { ($0.key.stop, $0.key.patch) < ($1.key.stop, $1.key.patch) }
            .map { Group(stop: $0.key.stop, patch: $0.key.patch, visits: $0.value) }
    }
}
