import EPUArchive
import EPUCore
import GRDB

/// Where EPU focused and measured drift: beside the hole that it had centred, as EpuSession.dm has them, once for each
/// cluster, or, where so set, each time that the stage has moved by some distance.
struct FocusSpots {
    private struct Spot {
        /// The place of the spot in the coordinates of placements, um.
        let place: Vector2
        /// The diameter of its beam, um; nil: not known.
        let diameter: Double?
        /// The index of the first exposure after it.
        let before: Int

        /// The radius of its beam, um, or more.
        var reach: Double { (diameter ?? CountedValue.widestUnknownBeam) / 2 }
    }

    private struct Plan {
        /// The place from the hole's centre, in the stage's frame, um.
        let offset: Vector2
        /// The least move of the stage between two of these, um; nil: there is one after each centring.
        let distance: Double?

        /// Reads what EPU was told; nil where it did not do this.
        init?(_ x: Double?, _ y: Double?, _ recurrence: String?, _ distance: Double?) {
            guard let x, let y else { return nil }
            offset = Vector2(x, y)
            self.distance = recurrence == "AfterDistance" ? distance : nil
        }
    }

    private var spots: [Spot] = []
    private var grid: PositionGrid
    private var widest = 0.0
    let dose: Double

    /// - Parameters:
    ///   - positions: the positions of the exposures, um.
    ///   - moves: the moves of sessions to the coordinates of the positions.
    ///   - dose: the dose of each spot, electrons per square Angstrom.
    init(
        _ exposures: [SessionExposure], positions: [Vector2], centres: HoleCentres, clusters: HoleClusters,
        dose: Double, moves: [Int64: GridMove], sessionIDs: [Int64], _ db: Database
    ) throws {
        self.dose = dose
        grid = PositionGrid(reach: 1)
        var plans: [Int64: (plans: [Plan], diameter: Double?)] = [:]
        for id in sessionIDs { plans[id] = try Self.plans(id, db) }
        var ofCluster = [[Int]](repeating: [], count: clusters.clusters.count)
        for (index, cluster) in clusters.cluster.enumerated() { ofCluster[cluster].append(index) }
        // This is, for each session and plan, where the stage was.
        var last: [Int64: [Vector2?]] = [:]
        for (cluster, members) in zip(clusters.clusters, ofCluster) {
            guard let settings = plans[cluster.sessionID], !settings.plans.isEmpty,
                let centre = Self.centre(of: cluster, members, exposures, positions, centres)
            else { continue }
            let stage = exposures[cluster.first].stage
            var before = last[cluster.sessionID] ?? settings.plans.map { _ in nil }
            for (number, plan) in settings.plans.enumerated() {
                if let distance = plan.distance, let place = before[number], place.distance(to: stage) < distance {
                    continue
                }
                let diameter = settings.diameter ?? exposures[cluster.first].beamDiameter
                let way = moves[cluster.sessionID].map { $0.linear * plan.offset } ?? plan.offset
                let spot = Spot(place: centre + way, diameter: diameter, before: cluster.first)
                spots.append(spot)
                grid.append(spot.place)
                widest = max(widest, spot.reach)
                before[number] = stage
            }
            last[cluster.sessionID] = before
        }
    }

    private struct Settings: ArchiveRecord {
        let autofocusXUm, autofocusYUm, autofocusDistanceUm, driftXUm, driftYUm, driftDistanceUm: Double?
        let autofocusRecurrence, driftRecurrence: String?
        let diameter: Double?
    }

    private static func plans(_ sessionID: Int64, _ db: Database) throws -> (plans: [Plan], diameter: Double?) {
        let row = try Settings.fetchOne(
            db,
            sql: """
                SELECT autofocus_x_um, autofocus_y_um, autofocus_recurrence, autofocus_distance_um, drift_x_um, drift_y_um,
                       drift_recurrence, drift_distance_um,
                       (SELECT beam_diameter_um FROM preset p
                        WHERE p.session_id = s.session_id AND p.preset = 'AutoFocus' AND beam_diameter_um > 0) AS diameter
                FROM session s WHERE session_id = ?
                """, arguments: [sessionID])
        guard let row else { return ([], nil) }
        let plans = [
            Plan(row.autofocusXUm, row.autofocusYUm, row.autofocusRecurrence, row.autofocusDistanceUm),
            Plan(row.driftXUm, row.driftYUm, row.driftRecurrence, row.driftDistanceUm),
        ]
        return (plans.compactMap(\.self), row.diameter)
    }

    /// The centre of the hole that was centred, or of the one nearest to the middle of the beam's reach, um; nil: none is known.
    private static func centre(
        of cluster: HoleClusters.Cluster, _ members: [Int], _ exposures: [SessionExposure], _ positions: [Vector2],
        _ centres: HoleCentres
    ) -> Vector2? {
        let known = members.filter { centres.frame[$0] == 0 && positions[$0].isFinite }
        if let hole = cluster.centredHole, let shot = known.first(where: { exposures[$0].foilHole == hole }) {
            return centres.centre[shot]
        }
        return known.min {
            exposures[$0].beamShift.squaredLength < exposures[$1].beamShift.squaredLength
        }.map { centres.centre[$0] }
    }

    /// Calls `body` with each spot that was made before an exposure and may reach into its field: the beam relative to the
    /// field's centre, and the share of the field that it covers; each is nil where it is not known.
    func forEach(before exposure: Int, _ relations: ExposureRelations, _ body: (Disc?, Double?) -> Void) {
        guard !spots.isEmpty else { return }
        let later = relations.exposures[exposure]
        let reach = (widest + later.fieldReach) / later.cosine
        grid.forEach(within: reach, of: relations.positions[exposure]) { index, _ in
            let spot = spots[index]
            guard spot.before <= exposure, relations.isKnown(spot.before, exposure) else { return }
            let seen = relations.seen(spot.place, from: exposure)
            guard seen.length < spot.reach + later.fieldReach else { return }
            let beam = spot.diameter.map { Disc(center: seen, radius: $0 / 2) }
            body(beam, beam.flatMap { later.field?.knownShare(coveredBy: $0) })
        }
    }
}
