/// The stage's alpha as EPU writes it, in radian: close to 0 rather than 0 where nobody tilts.
extension SimulationOptions {
    /// - Parameter untilted: The text that the file has without a tilt.
    func stageAlpha(untilted: String) -> String {
        tiltDegrees == 0 ? untilted : epuNumber((Double(untilted) ?? 0) + tiltDegrees * .pi / 180)
    }
}
