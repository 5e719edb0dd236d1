/// The recorded values of an exposure that can contradict each other.
struct RecordedExposure: Sendable {
    var exposureID: Int64 = 0
    /// EPU's name of the camera, for example EF-CCD or BM-Falcon.
    var camera: String?
    /// The camera's product name, for example BioQuantum K3.
    var cameraModel: String?
    /// The nominal magnification.
    var magnification: Double?
    /// The pixel size of the stored image, Angstrom.
    var pixelSize: Double?
    var binning: Double?
    /// The width of the stored image, pixels.
    var width: Double?
    var height: Double?
    /// The beam diameter, um.
    var beamDiameter: Double?
    /// The dose, electrons per square Angstrom.
    var dose: Double?
    /// The dose on the camera, electrons per pixel of the stored image.
    var doseOnCamera: Double?
    /// The time of the exposure, UTC, in the archive's spelling; nil where it is that of the file name, by a clock that may be
    /// another.
    var acquired: String?

    /// Pixel size x magnification of one unbinned pixel, um; nil where either is not known. It is the camera's pixel except for
    /// what lies between the plane of the nominal magnification and the camera.
    var apparentPixel: Double? {
        guard let pixelSize, let magnification, pixelSize > 0, magnification > 0 else { return nil }
        return Self.apparent(pixelSize, magnification, binning)
    }

    static func apparent(_ pixelSize: Double, _ magnification: Double, _ binning: Double?) -> Double {
        1e-4 * pixelSize * magnification / max(1, binning ?? 1)
    }

    var cameraNames: CameraNames { CameraNames(camera: camera, model: cameraModel) }

    /// The sides of the camera field, um, the longer one first; nil where they are not known.
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

    /// The doubts in words, for example `the pixel size and the dose are taken as not known`.
    var text: String {
        let names = [
            contains(.pixelSize) ? "the pixel size" : nil, contains(.dose) ? "the dose" : nil,
            contains(.beamDiameter) ? "the beam diameter" : nil,
        ].compactMap { $0 }
        return "\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") taken as not known"
    }
}
