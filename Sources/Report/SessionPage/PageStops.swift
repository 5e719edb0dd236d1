import EPUCore

/// The stage stops of a session: runs of exposures, in time order, whose stage read-backs stay near the first one's.
struct PageStops {
    /// um
    private static let reach = 0.3

    private var x: [Double?] = []
    private var y: [Double?] = []
    private var current: Vector2?

    /// - Parameter stage: of the next exposure, um, in the coordinates of the analysis.
    mutating func add(_ stage: Vector2) {
        if let current, current.distance(to: stage) <= Self.reach { return }
        current = stage
        x.append(stage.x)
        y.append(stage.y)
    }

    var columns: JSONObject {
        var columns = JSONObject()
        columns.add("x", x, step: PageExposures.nanometre)
        columns.add("y", y, step: PageExposures.nanometre)
        return columns
    }
}
