import EPUArchive
import EPUCore
import GRDB

/// Goes through the exposures with the earlier ones near each: adds up and stores what each had received, stores the pairs that
/// meet the criteria and the exposures that could not be judged, and collects the overexposed. The memory is proportional to the
/// exposures.
struct OverlapPass {
    private let relations: ExposureRelations
    private let criteria: OverlapCriteria
    private let probabilities: PairProbability
    private let spots: FocusSpots?
    /// Whether pre-exposures are still to be found; if not, they are read where they matter.
    private let addsUp: Bool
    private var preExposures: PreExposureReader
    private var store: OverlapStore

    private(set) var found: [Overexposure] = []
    private(set) var causes: [OverlapCause: Int] = [:]
    /// The number of exposures that are undecided: what is not known might make them overexposed.
    private(set) var undecided = 0
    /// The pairs of the exposure that is judged: a property, so that its memory is used again.
    private var pairs: [OverlapStore.Pair] = []

    /// - Parameter addsUp: whether pre-exposures are to be found, so that `earlier` holds all that add to them.
    init(
        _ relations: ExposureRelations, _ criteria: OverlapCriteria, analysisID: Int64, addsUp: Bool,
        spots: FocusSpots?, _ db: Database
    ) throws {
        self.relations = relations
        self.criteria = criteria
        probabilities = PairProbability(relations: relations, criteria: criteria)
        self.spots = spots
        self.addsUp = addsUp
        preExposures = try PreExposureReader(db)
        store = try OverlapStore(analysisID: analysisID, exposures: relations.exposures, db)
    }

    /// The least probability of a pair that is reported.
    private var leastProbability: Double { min(PairProbability.least, criteria.certainty) }

    mutating func judge(_ candidates: OverlapSearch.Candidates) throws {
        let later = candidates.later
        let exposure = relations.exposures[later]
        var received = FieldExposure(exposure.field)
        var nearest = NearestExposure()
        var before = PreExposure.unknown
        // This says whether a pair of which not all is known might count.
        var isOpen = criteria.needsFields && relations.unseenHits[later]
        var possible: OverlapStore.Possible?
        pairs.removeAll(keepingCapacity: true)
        for index in candidates.earlier {
            let distance = relations.positions[index].distance(to: relations.positions[later])
            // What a field received follows from where the beam was; that two places are one may be known without.
            let isKnown = relations.isKnown(index, later)
            // This holds whatever the calibration is; nil: nothing is known of the distance.
            let atMost = relations.greatestDistance(index, later, distance)
            let isNear = criteria.radius.map { radius in atMost.map { $0 <= radius } ?? false } ?? isKnown
            if addsUp, let atMost, atMost <= PreExposure.nearestReach {
                nearest.add(atMost, isByDesign: relations.rules.isByDesign(earlier: index, later: later))
            }
            let probability = isKnown ? probabilities.of(index, later, distance: distance) : nil
            guard addsUp || criteria.needsFields || isNear || (probability ?? 0) >= leastProbability else { continue }
            let beam = isKnown ? relations.beam(of: index, from: later) : nil
            let fieldOverlap = isKnown ? relations.fieldShare(of: index, on: later) : nil
            let mayHit =
                isKnown
                ? fieldOverlap != 0 : atMost.map { relations.mayHit(index, later, atMost: $0) } ?? false
            if mayHit, addsUp || (criteria.needsFields && fieldOverlap == nil) {
                let isByDesign = relations.rules.isByDesign(earlier: index, later: later)
                if addsUp {
                    received.add(
                        beam, covering: fieldOverlap, dose: relations.exposures[index].dose, isByDesign: isByDesign)
                }
                if fieldOverlap == nil, criteria.countNeighbours || !isByDesign, isNear || !isKnown { isOpen = true }
            }
            let adds = criteria.isAddition(fieldOverlap: fieldOverlap)
            guard
                probability.map({ $0 >= criteria.certainty && adds })
                    ?? (isNear && criteria.isMet(fieldOverlap: fieldOverlap))
            else {
                if let probability, probability >= max(PairProbability.least, possible?.probability ?? 0), adds,
                    criteria.countNeighbours || !relations.rules.isByDesign(earlier: index, later: later)
                {
                    possible = OverlapStore.Possible(
                        earlier: index, distance: distance, probability: probability)
                }
                continue
            }
            pairs.append(
                OverlapStore.Pair(
                    earlier: index, distance: distance,
                    cause: relations.rules.cause(earlier: index, later: later, distance: distance),
                    fieldOverlap: fieldOverlap, beamOverlap: beam.flatMap { beamOverlap($0, of: exposure) },
                    probability: probability))
        }
        if addsUp {
            if relations.unseenHits[later] { received.addUnknown(isByDesign: false) }
            spots?.forEach(before: later, relations) { beam, share in
                received.add(beam, covering: share, dose: spots?.dose, isByDesign: false)
            }
            before = received.total
            before.nearest = nearest.distance
            before.unplannedNearest = nearest.unplannedDistance
            try store.insert(before, for: candidates.placementID)
        }
        let counted = pairs.filter { criteria.countNeighbours || !$0.cause.isPlanned }
        if !addsUp, criteria.minPreDose != nil || !pairs.isEmpty {
            before = try preExposures.preExposure(of: candidates.placementID)
        }
        let isMet = before.meets(criteria)
        if criteria.needsFields, isOpen || !counted.isEmpty, isMet ?? true, isMet == nil || counted.isEmpty {
            undecided += 1
            try store.insertUndecided(later)
            possible = nil
        }
        guard isMet ?? false else { return }
        for pair in pairs {
            causes[pair.cause, default: 0] += 1
            try store.insert(pair, of: later)
        }
        // Of equally near ones, the first in time is taken.
        guard let nearest = counted.min(by: { $0.distance < $1.distance }) else {
            if let possible { try store.insert(possible, of: later) }
            return
        }
        found.append(
            Overexposure(
                exposure: later, nearest: nearest.earlier, distance: nearest.distance, cause: nearest.cause,
                pairs: counted.count, probability: counted.compactMap(\.probability).max(), doseBefore: before.dose))
    }

    /// Stores what is not stored yet, when all exposures are judged.
    mutating func finish() throws { try store.finish() }

    /// The share of the later beam that the earlier one covered; nil: it has no diameter.
    private func beamOverlap(_ earlier: Disc, of later: SessionExposure) -> Double? {
        guard let diameter = later.beamDiameter else { return nil }
        let own = Disc(center: .zero, radius: diameter / 2)
        return own.area > 0 ? min(1, own.overlap(with: earlier) / own.area) : nil
    }
}
