/// What was recorded of an exposure that can contradict itself.
struct RecordedExposure: Sendable {
    var exposureID: Int64 = 0
    /// EPU's name of the camera, as EF-CCD or BM-Falcon.
    var camera: String?
    /// Its product name, as BioQuantum K3.
    var cameraModel: String?
    /// Nominal.
    var magnification: Double?
    /// Angstrom per pixel of the stored image.
    var pixelSize: Double?
    var binning: Double?
    /// Pixels of the stored image.
    var width: Double?
    var height: Double?
    /// um
    var beamDiameter: Double?
    /// Electrons per square Angstrom.
    var dose: Double?
    /// Electrons per pixel of the stored image.
    var doseOnCamera: Double?
    /// UTC, as the archive has it; nil: of the file name, by a clock that may be another.
    var acquired: String?

    /// Pixel size x magnification of one unbinned pixel, um: the camera's pixel, but for what lies between the plane of the
    /// nominal magnification and the camera.
    var apparentPixel: Double? {
        guard let pixelSize, let magnification, pixelSize > 0, magnification > 0 else { return nil }
        return Self.apparent(pixelSize, magnification, binning)
    }

    static func apparent(_ pixelSize: Double, _ magnification: Double, _ binning: Double?) -> Double {
        1e-4 * pixelSize * magnification / max(1, binning ?? 1)
    }

    var cameraNames: CameraNames { CameraNames(camera: camera, model: cameraModel) }

    /// Of the camera field, um, the longer one first.
    var field: (longer: Double, shorter: Double)? {
        guard let width, let height, let pixelSize, width > 0, height > 0, pixelSize > 0 else { return nil }
        return (1e-4 * pixelSize * max(width, height), 1e-4 * pixelSize * min(width, height))
    }
}

/// Which of an exposure's values a check contradicts.
struct Doubts: OptionSet, Hashable, Sendable {
    let rawValue: Int

    static let pixelSize = Doubts(rawValue: 1)
    static let dose = Doubts(rawValue: 2)
    static let beamDiameter = Doubts(rawValue: 4)

    /// As `the pixel size and the dose are taken as not known`.
    var text: String {
        let names = [
            contains(.pixelSize) ? "the pixel size" : nil, contains(.dose) ? "the dose" : nil,
            contains(.beamDiameter) ? "the beam diameter" : nil,
        ].compactMap { $0 }
        return "\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") taken as not known"
    }
}
