import EPUArchive
import EPUCore
import GRDB

/// What a micrograph's camera field had received when it was shot. A value is nil where it is not known: where a beam that may
/// have hit the field has no diameter or no dose, or where nobody knows the field. If nothing earlier can have reached it, the
/// field has received 0.
struct PreExposure: Sendable {
    /// The mean dose over the field, electrons per square Angstrom.
    var dose: Double?
    /// The dose without what overlaps by design, electrons per square Angstrom.
    var unplannedDose: Double?
    /// The share of the field that earlier beams covered, 0 to 1.
    var fieldShare: Double?
    var unplannedFieldShare: Double?
    /// The distance to the nearest earlier exposure, um; where it is not known, the greatest that the two can have. Nil: there is
    /// none within `nearestReach`.
    var nearest: Double?
    /// The distance to the nearest without those that overlap by design, um.
    var unplannedNearest: Double?
    /// The part of the dose that is known for certain, where the whole may be more, electrons per square Angstrom.
    var leastDose: Double?
    /// The certain part of the dose without what overlaps by design, electrons per square Angstrom.
    var leastUnplannedDose: Double?

    /// How far the nearest earlier exposure is sought, um: beyond what any beam covers by chance, and less than the distance to
    /// the next hole of most foils.
    static let nearestReach = 1.0

    static let unknown = PreExposure()

    /// Whether the dose is what the criteria ask for; nil: not known.
    func meets(_ criteria: OverlapCriteria) -> Bool? {
        guard let asked = criteria.minPreDose else { return true }
        if let least = criteria.countNeighbours ? leastDose : leastUnplannedDose, least >= asked { return true }
        return (criteria.countNeighbours ? dose : unplannedDose).map { $0 >= asked }
    }
}

/// Reads what fields had received, one by one: of most it is not asked.
struct PreExposureReader {
    private var select: RowStatement

    init(_ db: Database) throws {
        select = try RowStatement(
            db,
            """
            SELECT dose_e_per_a2, unplanned_dose_e_per_a2, field_share, unplanned_field_share, nearest_um,
                   nearest_unplanned_um, least_dose_e_per_a2, least_unplanned_dose_e_per_a2
            FROM pre_exposure WHERE placement_id = ?
            """)
    }

    mutating func preExposure(of placementID: Int64) throws -> PreExposure {
        var found = PreExposure.unknown
        select.bind(placementID)
        try select.forEachRow { row in
            found = PreExposure(
                dose: row.optionalDouble(0), unplannedDose: row.optionalDouble(1), fieldShare: row.optionalDouble(2),
                unplannedFieldShare: row.optionalDouble(3), nearest: row.optionalDouble(4),
                unplannedNearest: row.optionalDouble(5), leastDose: row.optionalDouble(6),
                leastUnplannedDose: row.optionalDouble(7))
        }
        return found
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
    ///   - share: the share of the field that it covers; nil: not known.
    ///   - dose: the dose of the beam, electrons per square Angstrom; nil: not known.
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

    /// Adds an earlier beam that hit the field by an unknown amount: the sum is then unknown, too.
    mutating func addUnknown(isByDesign: Bool) {
        isKnown = false
        isDoseKnown = false
        guard !isByDesign else { return }
        isUnplannedKnown = false
        isUnplannedDoseKnown = false
    }

    /// A share, if it is known: where the field is covered as a whole, nothing more can be added.
    private func known(_ share: Double?, _ isKnown: Bool) -> Double? { isKnown || share == 1 ? share : nil }

    var total: PreExposure {
        // Without a field, nothing was added except what is not known.
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
