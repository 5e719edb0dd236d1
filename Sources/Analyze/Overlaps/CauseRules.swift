import EPUShared

/// Says why two exposures overlap, from what EPU meant to shoot and from where.
struct CauseRules {
    /// Two holes this close are one site of the foil, um. A calibration places holes to 64 nm rms per stage stop, so
    /// the difference of two stops stays below 0.25 um, and the pitch of a foil is at least 0.6 um.
    static let siteTolerance = 0.25

    let exposures: [SessionExposure]
    let visits: Visits

    /// - Parameters: indices of the two exposures in time order, and their distance in um.
    func cause(earlier: Int, later: Int, distance: Double) -> OverlapCause {
        let (a, b) = (exposures[earlier], exposures[later])
        guard a.sessionID == b.sessionID else { return .acrossSessions }
        guard a.foilHole == b.foilHole else {
            if visits.stop[earlier] == visits.stop[later] { return .unmovedStage }
            return distance <= Self.siteTolerance ? .wrongCentre : .neighbour
        }
        if visits.visit[earlier] == visits.visit[later] { return .byDesign }
        return a.area == b.area ? .sameArea : .neighbour
    }
}
