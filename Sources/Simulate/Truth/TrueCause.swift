import EPUCore

/// The cause of two exposures of one grid within the radius of each other: the first of these that applies:
///
/// - `across-sessions`: they belong to two sessions, whatever went wrong in either;
/// - `by-design`: two areas of one visit to a hole, as the template has them; an interrupted hole's visit goes on at a
///   later stop, where nothing went wrong at either;
/// - `same-area`: the same area of the same hole, shot again;
/// - the fault of the later exposure's stop, else that of the earlier one's: `unmoved-stage` where the stage stayed at
///   the previous stop, `wrong-centre` where another hole was centred, `neighbour` where a hole was shot again (and
///   another area of it is near) or another hole's exposures hit beside it;
/// - `unexplained`, which no session is left with: see `keepsItsDistance`.
func overlapCause(earlier: SimulatedExposure, later: SimulatedExposure) -> OverlapCause {
    if earlier.session != later.session { return .acrossSessions }
    if earlier.square == later.square && earlier.hole == later.hole {
        // A hole is visited once at a stop.
        if earlier.stop == later.stop { return .byDesign }
        if earlier.area == later.area { return .sameArea }
        if earlier.incident == .none && later.incident == .none { return .byDesign }
    }
    return later.incident.cause ?? earlier.incident.cause ?? .unexplained
}
