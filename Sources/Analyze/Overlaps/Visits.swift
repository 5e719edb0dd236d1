import EPUShared

/// The stage stop of each exposure, and the visit to its foil hole.
///
/// A stage stop is a run of a session's exposures, in time order, whose stage read-backs stay within 0.3 um of its
/// first one; a return to an old place is a new stop. A visit is a pass through the areas of one hole from one stop: an
/// area that comes again begins the next visit.
struct Visits {
    /// Read-backs jitter by 1 to 2 nm and drift by up to 13 nm within a stop; holes are at least 0.6 um apart.
    static let stopTolerance = 0.3

    /// Numbered from 0 over all sessions, in the order of the exposures given.
    private(set) var stop: [Int] = []
    private(set) var visit: [Int] = []

    /// - Parameter exposures: in time order. Costs time in proportion to their number.
    init(_ exposures: [SessionExposure]) {
        var stops = 0
        var visits = 0
        var currentStop: [Int64: (number: Int, first: Vector2)] = [:]
        var currentVisit: [HoleKey: (number: Int, stop: Int, areas: Set<Int64>)] = [:]
        stop.reserveCapacity(exposures.count)
        visit.reserveCapacity(exposures.count)
        for exposure in exposures {
            if let current = currentStop[exposure.sessionID],
                current.first.distance(to: exposure.stage) <= Self.stopTolerance
            {
                stop.append(current.number)
            } else {
                currentStop[exposure.sessionID] = (stops, exposure.stage)
                stop.append(stops)
                stops += 1
            }
            let key = HoleKey(sessionID: exposure.sessionID, foilHole: exposure.foilHole)
            let here = stop[stop.count - 1]
            if let current = currentVisit[key], current.stop == here, !current.areas.contains(exposure.area) {
                currentVisit[key]?.areas.insert(exposure.area)
                visit.append(current.number)
            } else {
                currentVisit[key] = (visits, here, [exposure.area])
                visit.append(visits)
                visits += 1
            }
        }
    }

    private struct HoleKey: Hashable {
        let sessionID: Int64
        let foilHole: Int64
    }
}
