import EPUCore

extension HoleVisits {
    /// The number of stops from which holes were shot at different beam shifts. Without AFIS there are none: where the stage did
    /// not move, two holes have one stop, but the same beam shift, too.
    var sharedStops: Int {
        struct Key: Hashable {
            let stop: Int
            let patch: Int
        }
        var first: [Key: Vector2] = [:]
        var shared: Set<Int> = []
        for visit in visits {
            let key = Key(stop: visit.stop, patch: visit.patch)
            guard let known = first[key] else {
                first[key] = visit.beamShift
                continue
            }
            if known.distance(to: visit.beamShift) > FoilLattice.sameHole { shared.insert(visit.stop) }
        }
        return shared.count
    }
}
