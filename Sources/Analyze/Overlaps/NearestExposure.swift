/// How near the nearest earlier exposure is, um; nil: there is none near.
struct NearestExposure {
    private(set) var distance: Double?
    /// Without those that overlap by design.
    private(set) var unplannedDistance: Double?

    mutating func add(_ distance: Double, isByDesign: Bool) {
        self.distance = min(self.distance ?? distance, distance)
        guard !isByDesign else { return }
        unplannedDistance = min(unplannedDistance ?? distance, distance)
    }
}
