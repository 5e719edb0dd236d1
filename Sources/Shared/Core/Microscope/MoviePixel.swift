/// The pixel of an exposure's movie. That of the image which EPU stores beside it may be larger.
///
/// K2 and K3 in super-resolution write movies of finer pixels, and the image with the factor's square of these in one. So
/// MDCatch and CryoFLARE reckon, too, and so EPU's dose rate is of the finer ones.
public struct MoviePixel: Hashable, Sendable {
    /// Angstrom, to the six decimals of a STAR file.
    public let size: Double
    /// Pixels of the movie along one of the image.
    public let factor: Int64

    /// - Parameters:
    ///   - imagePixelSize: Angstrom; nil: not recorded.
    ///   - superResolution: 1 or nil: none.
    ///   - fractionation: as EPU calls the way in which the camera writes movies; `Equidistant` are K2 and K3.
    public init?(imagePixelSize: Double?, superResolution: Int64?, fractionation: String?) {
        guard let imagePixelSize else { return nil }
        factor = fractionation == "Equidistant" ? max(1, superResolution ?? 1) : 1
        size = (imagePixelSize / Double(factor)).rounded(decimals: 6)
    }
}
