import EPUArchive
import EPUCore
import GRDB

/// What a micrograph's camera field had received when it was shot. Nil: not known, as where a beam that may have hit the field has
/// no diameter or no dose, or where nobody knows the field. What nothing earlier can have reached has received 0.
struct PreExposure: Sendable {
    /// Mean over the field, electrons per square Angstrom.
    var dose: Double?
    /// Without what overlaps by design.
    var unplannedDose: Double?
    /// Of the field that earlier beams covered, 0 to 1.
    var fieldShare: Double?
    var unplannedFieldShare: Double?
    /// To the nearest earlier exposure, um; where their distance is not known, the greatest that they can have. Nil: none within
    /// `nearestReach`.
    var nearest: Double?
    /// Without those that overlap by design.
    var unplannedNearest: Double?
    /// What is known for certain of the dose, where the whole may be more.
    var leastDose: Double?
    /// Without what overlaps by design.
    var leastUnplannedDose: Double?

    /// The nearest earlier exposure is sought this far, um: beyond what any beam covers by chance, and short of the next hole of
    /// most foils.
    static let nearestReach = 1.0

    static let unknown = PreExposure()

    /// Whether it is what the criteria ask of the dose; nil: not known.
    func meets(_ criteria: OverlapCriteria) -> Bool? {
        guard let asked = criteria.minPreDose else { return true }
        if let least = criteria.countNeighbours ? leastDose : leastUnplannedDose, least >= asked { return true }
        return (criteria.countNeighbours ? dose : unplannedDose).map { $0 >= asked }
    }

    /// Of the placements of a set, by exposure.
    static func stored(in placementSetID: Int64, _ db: Database) throws -> [Int64: PreExposure] {
        var stored: [Int64: PreExposure] = [:]
        var statement = try RowStatement(
            db,
            """
            SELECT p.exposure_id, d.dose_e_per_a2, d.unplanned_dose_e_per_a2, d.field_share, d.unplanned_field_share,
                   d.nearest_um, d.nearest_unplanned_um, d.least_dose_e_per_a2, d.least_unplanned_dose_e_per_a2
            FROM placement p JOIN pre_exposure d USING (placement_id) WHERE p.placement_set_id = ?
            """)
        statement.bind(placementSetID)
        try statement.forEachRow { row in
            stored[row.int(0)] = PreExposure(
                dose: row.optionalDouble(1), unplannedDose: row.optionalDouble(2), fieldShare: row.optionalDouble(3),
                unplannedFieldShare: row.optionalDouble(4), nearest: row.optionalDouble(5),
                unplannedNearest: row.optionalDouble(6), leastDose: row.optionalDouble(7),
                leastUnplannedDose: row.optionalDouble(8))
        }
        return stored
    }
}

/// Adds up what one camera field receives.
struct FieldExposure {
    private let field: CameraField?
    private var leastDose = 0.0
    private var leastUnplannedDose = 0.0
    private var isDoseKnown = true
    private var isUnplannedDoseKnown = true
    private var discs: [Disc] = []
    private var unplannedDiscs: [Disc] = []
    private var isKnown = true
    private var isUnplannedKnown = true

    init(_ field: CameraField?) { self.field = field }

    /// - Parameters:
    ///   - disc: the beam, relative to the field's centre; nil: not known.
    ///   - share: of the field that it covers; nil: not known.
    ///   - dose: nil: not known.
    mutating func add(_ disc: Disc?, covering share: Double?, dose: Double?, isByDesign: Bool) {
        guard let share else { return addUnknown(isByDesign: isByDesign) }
        guard share > 0, let disc else { return }
        leastDose += share * (dose ?? 0)
        isDoseKnown = isDoseKnown && dose != nil
        discs.append(disc)
        guard !isByDesign else { return }
        leastUnplannedDose += share * (dose ?? 0)
        isUnplannedDoseKnown = isUnplannedDoseKnown && dose != nil
        unplannedDiscs.append(disc)
    }

    /// An earlier beam hit the field, by how much is not known: so then is what it received.
    mutating func addUnknown(isByDesign: Bool) {
        isKnown = false
        isDoseKnown = false
        guard !isByDesign else { return }
        isUnplannedKnown = false
        isUnplannedDoseKnown = false
    }

    /// Of a field that is covered as a whole nothing more is to be known.
    private func known(_ share: Double?, _ isKnown: Bool) -> Double? { isKnown || share == 1 ? share : nil }

    var total: PreExposure {
        // Without a field nothing was added but what is not known.
        let share = discs.isEmpty ? 0 : field?.knownShare(coveredByAny: discs)
        let unplannedShare =
            unplannedDiscs.count == discs.count
            ? share : unplannedDiscs.isEmpty ? 0 : field?.knownShare(coveredByAny: unplannedDiscs)
        return PreExposure(
            dose: isDoseKnown ? leastDose : nil, unplannedDose: isUnplannedDoseKnown ? leastUnplannedDose : nil,
            fieldShare: known(share, isKnown), unplannedFieldShare: known(unplannedShare, isUnplannedKnown),
            leastDose: leastDose, leastUnplannedDose: leastUnplannedDose)
    }
}
