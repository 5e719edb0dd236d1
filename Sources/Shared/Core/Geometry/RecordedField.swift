import Foundation

/// The camera field of an exposure as it was recorded: the one rule for the analysis and for pictures.
public struct RecordedField: Hashable, Sendable {
    /// The width of the field on the specimen, um; the height follows.
    public let width: Double
    public let height: Double
    /// The matrix from the picture (x to the right, y down) to the stage, without scale; nil where the camera's direction
    /// is not known, as EPU's matrix is missing or has none.
    public let toStage: Matrix2?

    /// Makes the field from what an image records; nil where the size is not known.
    /// - Parameters:
    ///   - columns: The number of pixel columns of the stored image; `lines` is that of its rows.
    ///   - pixelSize: The pixel size, Angstrom; nil if it was not recorded or cannot be trusted.
    ///   - pixelSizeY: The pixel size in y, Angstrom; nil if it is the same as in x.
    ///   - imageToStage: EPU's ReferenceTransformation, um per unbinned pixel, of which only the direction is taken. A feature
    ///     d pixels from the picture's middle (y down) lies at stage - binning x matrix x d.
    public init?(columns: Double?, lines: Double?, pixelSize: Double?, pixelSizeY: Double?, imageToStage: Matrix2?) {
        guard let columns, let lines, let pixelSize else { return nil }
        self.init(
            width: 1e-4 * columns * pixelSize, height: 1e-4 * lines * (pixelSizeY ?? pixelSize),
            imageToStage: imageToStage)
    }

    /// Makes the field from its size, um; nil where width or height is not greater than 0.
    public init?(width: Double, height: Double, imageToStage: Matrix2?) {
        guard width > 0, height > 0, width.isFinite, height.isFinite else { return nil }
        self.width = width
        self.height = height
        toStage = imageToStage.flatMap { matrix in
            let (right, down) = (matrix.firstColumn, matrix.secondColumn)
            let directions = Matrix2(columns: (-1 / right.length) * right, (-1 / down.length) * down)
            // Directions that nearly agree are no camera's.
            return directions.isFinite && abs(directions.determinant) > 0.5 ? directions : nil
        }
    }

    public var field: CameraField {
        CameraField(
            width: width, height: height,
            axis: toStage.map { directions in
                let angle = directions.angleDegrees * .pi / 180
                return Vector2(cos(angle), sin(angle))
            })
    }

    /// The reach of a field that is not known, from its centre, um, at most: that of 4096 pixels of 2 Angstrom does, and
    /// those of micrographs reach some 0.25.
    public static let greatestUnknownReach = 0.6
}
