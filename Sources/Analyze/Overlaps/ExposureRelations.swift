import EPUArchive
import EPUCore
import Foundation
import GRDB

/// What is known of the exposures of one analysis with respect to each other: where they lie, whether two can be compared,
/// why they overlap.
struct ExposureRelations {
    let exposures: [SessionExposure]
    let calibrations: [StoredCalibration]
    /// For each exposure, the index of its calibration; nil: none is for it, and it has no position.
    let calibration: OptionalIndexColumn
    /// The position of each exposure, um; not finite where there is none.
    let positions: [Vector2]
    let errors: PositionErrors
    let visits: Visits
    let centres: HoleCentres
    let clusters: HoleClusters
    let rules: CauseRules
    let unseenHits: UnseenHits
    private let template: TemplateOffsets
    /// The matrix of each calibration, in the judged session's stage coordinates, um per beam-shift unit.
    private let matrices: [Matrix2]
    private let comparison: ExposureComparison

    /// - Parameter exposures: the exposures in time order.
    init(
        _ exposures: [SessionExposure], _ placing: ExposurePlacing, sessionIDs: [Int64], _ db: Database
    ) throws {
        // First, while there is little else in memory: to read a hole map takes more of it than to keep it.
        let identity = try HoleIdentity(sessionIDs, db)
        self.exposures = exposures
        calibrations = placing.calibrations
        let calibration = placing.calibration(of: exposures)
        self.calibration = calibration
        positions = placing.positions(of: exposures, calibration: calibration)
        errors = PositionErrors(exposures, placing, calibration: calibration)
        visits = Visits(exposures)
        template = try TemplateOffsets(sessionIDs, db).turned(by: placing.moves.mapValues(\.linear))
        matrices = placing.matrices
        centres = HoleCentres(
            exposures, positions: positions, visits: visits, calibration: calibration,
            matrices: matrices, template: template)
        let comparison = ExposureComparison(exposures, placing.calibrations, calibration, visits)
        self.comparison = comparison
        unseenHits = UnseenHits(exposures, comparison)
        clusters = HoleClusters(
            exposures, visits: visits, centres: centres, identity: identity, images: try CentringImages(sessionIDs, db)
        ) { comparison.isKnown($0, $1) }
        rules = CauseRules(
            exposures: exposures, visits: visits, centres: centres, identity: identity, clusters: clusters,
            comparison: comparison)
    }

    /// The positions, and the centres of holes, if all matrices were greater by a factor.
    func scaled(by factor: Double) -> (positions: [Vector2], centres: HoleCentres) {
        let greater = matrices.map { factor * $0 }
        let scaled = exposures.indices.map { index in
            // This is what beam shift adds; stage and move are in the position.
            calibration[index].map { calibration in
                positions[index]
                    + (greater[calibration] - matrices[calibration]) * exposures[index].beamShift
            } ?? positions[index]
        }
        return (
            scaled,
            HoleCentres(
                exposures, positions: scaled, visits: visits, calibration: calibration, matrices: greater,
                template: template)
        )
    }

    /// Whether the distance of two exposures follows from their calibrations.
    func isKnown(_ a: Int, _ b: Int) -> Bool { comparison.isKnown(a, b) }

    /// The distance of two exposures or, where it is not known, the greatest that it has under the calibration and under any
    /// matrix of about its scale, um; nil: nothing is known of it.
    func greatestDistance(_ a: Int, _ b: Int, _ distance: Double) -> Double? {
        comparison.isKnown(a, b) ? distance : comparison.greatestDistance(a, b).map { max($0, distance) }
    }

    /// Whether an earlier beam that is at most so far, um, may have hit the camera field of a later exposure.
    func mayHit(_ earlier: Int, _ later: Int, atMost distance: Double) -> Bool {
        let seen = exposures[later].cosine * distance
        return seen < exposures[earlier].beamReach + exposures[later].fieldReach
    }

    /// The share of the camera field of a later exposure that the beam of an earlier one covered, 0 to 1. The distance of the two
    /// must be known. Nil: the share depends on what is not known of beam or field.
    /// - Parameter move: how far the earlier beam is moved from where it was found, um.
    func fieldShare(of earlier: Int, movedBy move: Vector2 = .zero, on later: Int) -> Double? {
        let place = seen(positions[earlier] + move, from: later)
        guard place.length < exposures[earlier].beamReach + exposures[later].fieldReach else { return 0 }
        guard let diameter = exposures[earlier].beamDiameter else { return nil }
        return exposures[later].field?.knownShare(coveredBy: Disc(center: place, radius: diameter / 2))
    }

    /// The beam of an exposure, seen from the camera field of a later one; nil: it has no diameter.
    func beam(of earlier: Int, from later: Int) -> Disc? {
        guard let diameter = exposures[earlier].beamDiameter else { return nil }
        return beam(at: positions[earlier], diameter: diameter, from: later)
    }

    /// A beam at a place on the specimen, um, as the camera field of an exposure has it.
    func beam(at place: Vector2, diameter: Double, from exposure: Int) -> Disc {
        Disc(center: seen(place, from: exposure), radius: diameter / 2)
    }

    /// A place on the specimen relative to the middle of the camera field of an exposure, um, as it is seen: what is tilted about
    /// x is seen shorter along y.
    func seen(_ place: Vector2, from exposure: Int) -> Vector2 {
        let offset = place - positions[exposure]
        return Vector2(offset.x, exposures[exposure].cosine * offset.y)
    }
}
