import EPUCore

/// The stage stop of each exposure, and the visit to its foil hole.
///
/// `StageStopRun` says what a stage stop is. A visit is a run through the areas of one hole from one stop: an area that comes
/// again begins the next visit. A pass is the same over all stops: a hole at which EPU was interrupted, and then continued, has
/// two visits, but one pass.
struct Visits {
    /// The stop of each exposure. Like visit and pass below, it is numbered from 0 over all sessions, in the order of the
    /// exposures given.
    private(set) var stop = IndexColumn()
    private(set) var visit = IndexColumn()
    private(set) var pass = IndexColumn()
    private(set) var visits = 0

    /// - Parameter exposures: the exposures in time order. The cost in time is proportional to their number.
    init(_ exposures: [SessionExposure]) {
        var stops = 0
        var passes = 0
        var currentStop: [Int64: (number: Int, run: StageStopRun)] = [:]
        var placeOfHole: [HoleKey: Int] = [:]
        var holes: [HoleState] = []
        stop.reserveCapacity(exposures.count)
        visit.reserveCapacity(exposures.count)
        pass.reserveCapacity(exposures.count)
        for exposure in exposures {
            var current = currentStop[exposure.sessionID] ?? (stops, StageStopRun())
            if current.run.beginsStop(at: exposure.stage) {
                current.number = stops
                currentStop[exposure.sessionID] = current
                stops += 1
            }
            stop.append(current.number)
            let key = HoleKey(sessionID: exposure.sessionID, foilHole: exposure.foilHole)
            let here = stop[stop.count - 1]
            let place = placeOfHole[key] ?? holes.count
            if place == holes.count {
                placeOfHole[key] = place
                holes.append(HoleState(visit: visits, stop: here, pass: passes))
                visits += 1
                passes += 1
            } else {
                if holes[place].stop != here || holes[place].areasOfVisit.contains(exposure.area) {
                    holes[place].beginVisit(visits, at: here)
                    visits += 1
                }
                if holes[place].areasOfPass.contains(exposure.area) {
                    holes[place].beginPass(passes)
                    passes += 1
                }
            }
            holes[place].areasOfVisit.append(exposure.area)
            holes[place].areasOfPass.append(exposure.area)
            visit.append(holes[place].visit)
            pass.append(holes[place].pass)
        }
    }

    private struct HoleKey: Hashable {
        let sessionID: Int64
        let foilHole: Int64
    }

    /// How far the exposures of a hole have come. Areas are few: up to 29 were seen.
    private struct HoleState {
        var visit: Int
        var stop: Int
        var pass: Int
        var areasOfVisit: [Int64] = []
        var areasOfPass: [Int64] = []

        mutating func beginVisit(_ number: Int, at stop: Int) {
            (visit, self.stop) = (number, stop)
            areasOfVisit.removeAll(keepingCapacity: true)
        }

        mutating func beginPass(_ number: Int) {
            pass = number
            areasOfPass.removeAll(keepingCapacity: true)
        }
    }
}
