import EPUCore

/// The stage stops of a session, each where its first exposure has the stage.
struct PageStops {
    private var x: [Double?] = []
    private var y: [Double?] = []
    private var run = StageStopRun()

    /// - Parameter stage: of the next exposure, um, in the coordinates of the analysis.
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
