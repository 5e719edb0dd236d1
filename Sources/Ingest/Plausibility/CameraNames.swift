/// The names that EPU gives to a camera.
struct CameraNames: Hashable, Sendable {
    /// The name of the camera, for example EF-CCD or BM-Falcon.
    let camera: String?
    /// The name of the product, for example BioQuantum K3.
    let model: String?

    /// The range of pixel size x magnification that exposures of the camera may have, um; `PlausibilityCheck` says why.
    var usualPixels: ClosedRange<Double> {
        let names = "\(model ?? "") \(camera ?? "")".uppercased()
        if ["FALCON", "CETA"].contains(where: names.contains) { return 3.5...30 }
        if ["K2", "K3", "CCD"].contains(where: names.contains) { return 1.2...25 }
        return Self.anyPixels
    }

    /// The range for any camera, um.
    static let anyPixels = 1.2...30.0
}
