import EPUCore
import EPUFormat

/// A file together with what was read from it.
struct FileReading: Sendable {
    indirect enum Content: Sendable {
        case exposure(ExposureName, ImageMetadata)
        case exposureImage
        case hole(HoleImageName, ImageMetadata)
        case holeImage(HoleImageName)
        case gridSquare(ImageMetadata)
        case gridSquareImage
        case session(SessionMetadata)
        case holeMap(GridSquareMetadata, [FoilHoleMetadata])
        case foilHole(FoilHoleMetadata, gridSquare: Int64)
        /// The file's name is all that is needed of it.
        case none
    }

    let file: SourceFile
    var content: Content = .none
    var status: FileStatus = .ok
    var problem: String?

    init(_ file: SourceFile, _ content: Content = .none) {
        self.file = file
        self.content = content
    }

    /// Makes the reading of a file that is not read, or could not be.
    init(_ file: SourceFile, status: FileStatus, problem: String?) {
        self.file = file
        self.status = status
        self.problem = problem
    }
}
