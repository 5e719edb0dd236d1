import EPUCore

/// Where EPU took the centres of holes to be when it shot them, um; only of holes beside which others will be shot.
struct MeasuredCentres {
    private struct Place: Hashable {
        let square: Int
        let hole: Int
    }

    private var expected: Set<Place> = []
    private var centres: [Place: Vector2] = [:]

    /// Takes from a session's stops beside which holes others will be shot.
    mutating func expect(_ stops: [PlannedStop]) {
        expected = Set(
            stops.compactMap { stop in
                guard case .partialOverlap(let hole) = stop.incident else { return nil }
                return Place(square: stop.square, hole: hole)
            })
    }

    /// - Parameter measured: The centres, um, by hole of the square.
    mutating func remember(_ measured: [Int: Vector2], square: Int) {
        for (hole, centre) in measured {
            let place = Place(square: square, hole: hole)
            if expected.contains(place) { centres[place] = centre }
        }
    }

    func centre(of hole: Int, square: Int) -> Vector2? { centres[Place(square: square, hole: hole)] }
}
