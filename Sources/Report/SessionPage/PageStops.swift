import EPUCore

/// The stage stops of a session. The place of each is the place of the stage at its first exposure.
struct PageStops {
    private var x: [Double?] = []
    private var y: [Double?] = []
    private var run = StageStopRun()

    /// - Parameter stage: the stage at the next exposure, um, in the coordinates of the analysis.
    mutating func add(_ stage: Vector2) {
        guard run.beginsStop(at: stage) else { return }
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
