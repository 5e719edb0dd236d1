import EPUShared
import Foundation
import GRDB

/// What is known of the exposures of one analysis with respect to each other: where they lie, whether two can be compared,
/// why they overlap.
struct ExposureRelations {
    let exposures: [SessionExposure]
    let calibrations: [StoredCalibration]
    /// Of each exposure, an index; nil: none is for it, and it has no position.
    let calibration: [Int?]
    /// um; not finite where there is none.
    let positions: [Vector2]
    let visits: Visits
    let centres: HoleCentres
    let clusters: HoleClusters
    let rules: CauseRules
    private let template: TemplateOffsets
    /// Of the stage, cosine: a tilted specimen is seen, and hit, shorter along y.
    private let cosines: [Double]

    /// - Parameter exposures: in time order.
    init(
        _ exposures: [SessionExposure], _ set: PlacementSet, sessionIDs: [Int64], _ db: Database
    ) throws {
        self.exposures = exposures
        calibrations = set.calibrations
        let ofExposure = CalibrationOfExposure(set.calibrations)
        let calibration = exposures.map { ofExposure[$0] }
        self.calibration = calibration
        positions = set.positions(of: exposures, calibration: calibration)
        visits = Visits(exposures)
        cosines = set.calibrations.map { cos(Double($0.condition?.tiltDegrees ?? 0) * .pi / 180) }
        template = try TemplateOffsets(sessionIDs, db)
        centres = HoleCentres(
            exposures, positions: positions, visits: visits, calibration: calibration,
            matrices: set.calibrations.map(\.matrix), template: template)
        let identity = try HoleIdentity(sessionIDs, db)
        let comparison = Comparison(exposures, set.calibrations, calibration, visits)
        self.comparison = comparison
        clusters = HoleClusters(
            exposures, visits: visits, centres: centres, identity: identity, images: try CentringImages(sessionIDs, db)
        ) { comparison.isKnown($0, $1) }
        rules = CauseRules(
            exposures: exposures, visits: visits, centres: centres, identity: identity, clusters: clusters)
    }

    private let comparison: Comparison

    /// Positions, and the centres of holes, if all matrices were so much greater.
    func scaled(by factor: Double) -> (positions: [Vector2], centres: HoleCentres) {
        let matrices = calibrations.map { factor * $0.matrix }
        let scaled = exposures.indices.map { index in
            // What beam shift adds; stage and offset are in the position.
            calibration[index].map { calibration in
                positions[index]
                    + (matrices[calibration] - calibrations[calibration].matrix) * exposures[index].beamShift
            } ?? positions[index]
        }
        return (
            scaled,
            HoleCentres(
                exposures, positions: scaled, visits: visits, calibration: calibration, matrices: matrices,
                template: template)
        )
    }

    /// Whether the distance of two exposures is known, or so small under any matrix that they overlap.
    /// - Parameter radius: um.
    func isComparable(_ a: Int, _ b: Int, within radius: Double) -> Bool {
        comparison.isKnown(a, b) || comparison.isCertain(a, b, within: radius)
    }

    /// The beam of an exposure, seen from the camera field of a later one; nil: it has no diameter.
    func beam(of earlier: Int, from later: Int) -> Disc? {
        guard let diameter = exposures[earlier].beamDiameter else { return nil }
        let offset = positions[earlier] - positions[later]
        let cosine = calibration[later].map { cosines[$0] } ?? 1
        return Disc(center: Vector2(offset.x, cosine * offset.y), radius: diameter / 2)
    }
}

/// Whether two exposures have a distance.
private struct Comparison {
    private let exposures: [SessionExposure]
    private let calibrations: [StoredCalibration]
    private let calibration: [Int?]
    private let visits: Visits
    /// Whether every distance is known: one good calibration for all.
    private let isSimple: Bool

    init(
        _ exposures: [SessionExposure], _ calibrations: [StoredCalibration], _ calibration: [Int?], _ visits: Visits
    ) {
        self.exposures = exposures
        self.calibrations = calibrations
        self.calibration = calibration
        self.visits = visits
        isSimple =
            calibrations.count == 1 && calibrations[0].verdict != .undetermined && calibration.allSatisfy { $0 == 0 }
    }

    func isKnown(_ a: Int, _ b: Int) -> Bool {
        if isSimple { return true }
        guard let first = calibration[a], let second = calibration[b] else { return false }
        // Within a stage stop a distance needs only the scale.
        if first == second, visits.stop[a] == visits.stop[b] { return true }
        guard calibrations[first].verdict != .undetermined, calibrations[second].verdict != .undetermined else {
            return false
        }
        // Where the beam was never shifted the matrix is not known: it cancels within the session only.
        return first == second || (calibrations[first].method != .stage && calibrations[second].method != .stage)
    }

    /// Whether two exposures with one calibration overlap under any matrix of about its scale.
    func isCertain(_ a: Int, _ b: Int, within radius: Double) -> Bool {
        guard let first = calibration[a], first == calibration[b] else { return false }
        let tilt = cos(Double(exposures[a].condition.tiltDegrees) * .pi / 180)
        let reach = Self.scaleMargin * calibrations[first].matrix.scale / tilt
        return exposures[a].stage.distance(to: exposures[b].stage)
            + reach * exposures[a].beamShift.distance(to: exposures[b].beamShift) <= radius
    }

    /// Scales of 20 to 30 um per unit, where 24.5 was taken.
    private static let scaleMargin = 1.25
}
