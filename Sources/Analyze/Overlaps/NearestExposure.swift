/// How near the nearest earlier exposure is, um; each distance is nil where there is none near.
struct NearestExposure {
    private(set) var distance: Double?
    /// The distance without the exposures that overlap by design, um.
    private(set) var unplannedDistance: Double?

    mutating func add(_ distance: Double, isByDesign: Bool) {
        self.distance = min(self.distance ?? distance, distance)
        guard !isByDesign else { return }
        unplannedDistance = min(unplannedDistance ?? distance, distance)
    }
}
