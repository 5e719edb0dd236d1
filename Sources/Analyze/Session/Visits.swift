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
        var (visits, passes): (Int32, Int32) = (0, 0)
        var currentStop: [Int64: (number: Int, run: StageStopRun)] = [:]
        var placeOfHole: [HoleKey: Int] = [:]
        var holes: [HoleState] = []
        // The hole of the exposure before, which is mostly that of the next, too.
        var last: (key: HoleKey, place: Int)?
        var (ofVisits, ofPasses) = (AreasOfRuns(exposures), AreasOfRuns(exposures))
        stop.reserveCapacity(exposures.count)
        visit.reserveCapacity(exposures.count)
        pass.reserveCapacity(exposures.count)
        for (index, exposure) in exposures.enumerated() {
            var current = currentStop[exposure.sessionID] ?? (stops, StageStopRun())
            if current.run.beginsStop(at: exposure.stage) {
                current.number = stops
                currentStop[exposure.sessionID] = current
                stops += 1
            }
            stop.append(current.number)
            let key = HoleKey(sessionID: exposure.sessionID, foilHole: exposure.foilHole)
            let here = Int32(clamping: current.number)
            let place = last.flatMap { $0.key == key ? $0.place : nil } ?? placeOfHole[key] ?? holes.count
            last = (key, place)
            if place == holes.count {
                placeOfHole[key] = place
                holes.append(HoleState(visit: visits, stop: here, pass: passes))
                visits += 1
                passes += 1
            } else {
                let hole = holes[place]
                if hole.stop != here || ofVisits.has(exposure.area, in: hole.visit, from: hole.lastInVisit) {
                    holes[place].beginVisit(visits, at: here)
                    visits += 1
                }
                if ofPasses.has(exposure.area, in: hole.pass, from: hole.lastInPass) {
                    holes[place].beginPass(passes)
                    passes += 1
                }
            }
            ofVisits.append(exposure.area, to: holes[place].visit, after: holes[place].lastInVisit)
            ofPasses.append(exposure.area, to: holes[place].pass, after: holes[place].lastInPass)
            holes[place].lastInVisit = Int32(clamping: index)
            holes[place].lastInPass = Int32(clamping: index)
            visit.append(Int(holes[place].visit))
            pass.append(Int(holes[place].pass))
        }
        self.visits = Int(visits)
    }

    private struct HoleKey: Hashable {
        let sessionID: Int64
        let foilHole: Int64
    }

    /// How far the exposures of a hole have come, in 20 bytes, as there are nearly as many holes as exposures.
    private struct HoleState {
        var visit: Int32
        var stop: Int32
        var pass: Int32
        /// The exposures that were the last ones of the visit and of the pass; -1: there is none.
        var lastInVisit: Int32 = -1
        var lastInPass: Int32 = -1

        mutating func beginVisit(_ number: Int32, at stop: Int32) {
            (visit, self.stop, lastInVisit) = (number, stop, -1)
        }

        mutating func beginPass(_ number: Int32) { (pass, lastInPass) = (number, -1) }
    }
}

/// The areas that were exposed in each run: for each exposure the one before it in its run, so that runs need no arrays of their own.
/// Areas are few: up to 29 were seen in a hole. A run of many has a set.
private struct AreasOfRuns {
    private let exposures: [SessionExposure]
    private var before: [Int32] = []
    private var sets: [Int32: Set<Int64>] = [:]

    /// The number of exposures that a run is searched for one by one.
    private static let fewExposures = 64

    init(_ exposures: [SessionExposure]) {
        self.exposures = exposures
        before.reserveCapacity(exposures.count)
    }

    /// Adds the next exposure to a run.
    /// - Parameter last: the run's exposure before it; -1: there is none.
    mutating func append(_ area: Int64, to run: Int32, after last: Int32) {
        before.append(last)
        if !sets.isEmpty { sets[run]?.insert(area) }
    }

    /// Whether a run has an area.
    /// - Parameter last: the run's last exposure; -1: there is none.
    mutating func has(_ area: Int64, in run: Int32, from last: Int32) -> Bool {
        if !sets.isEmpty, let set = sets[run] { return set.contains(area) }
        var exposure = Int(last)
        var searched = 0
        while exposure >= 0 {
            if exposures[exposure].area == area { return true }
            exposure = Int(before[exposure])
            searched += 1
        }
        if searched > Self.fewExposures { sets[run] = areas(from: last) }
        return false
    }

    private func areas(from last: Int32) -> Set<Int64> {
        var areas: Set<Int64> = []
        var exposure = Int(last)
        while exposure >= 0 {
            areas.insert(exposures[exposure].area)
            exposure = Int(before[exposure])
        }
        return areas
    }
}
