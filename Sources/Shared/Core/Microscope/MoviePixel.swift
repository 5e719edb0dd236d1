/// The pixel of an exposure's movie. The pixel of the image that EPU stores beside it may be larger.
///
/// In super-resolution, K2 and K3 write movies of finer pixels: a pixel of the image stands for a square of them, `factor` along
/// each side. MDCatch and CryoFLARE count this way, too, and EPU's dose rate is for the finer pixels.
public struct MoviePixel: Hashable, Sendable {
    /// The pixel size of the movie, Angstrom, to the six decimals of a STAR file.
    public let size: Double
    /// The number of the movie's pixels along one pixel of the image.
    public let factor: Int64

    /// Makes the pixel from what EPU recorded; nil where the image's pixel size is not known.
    /// - Parameters:
    ///   - imagePixelSize: The pixel size of the image, Angstrom; nil if it is not recorded.
    ///   - superResolution: The factor of super-resolution; 1 or nil if there is none.
    ///   - fractionation: What EPU calls the way in which the camera writes movies; `Equidistant` means K2 and K3.
    public init?(imagePixelSize: Double?, superResolution: Int64?, fractionation: String?) {
        guard let imagePixelSize else { return nil }
        factor = fractionation == "Equidistant" ? max(1, superResolution ?? 1) : 1
        size = (imagePixelSize / Double(factor)).rounded(decimals: 6)
    }
}
