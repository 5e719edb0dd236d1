/// What a file is, by its name alone; the raw values stand in `source_file.kind`.
public enum SourceKind: String, Codable, CaseIterable, Sendable {
    case exposure
    case exposureImage = "exposure-image"
    /// Falcon's `_Fractions.xml`, which describes the movie of an exposure in another schema.
    case exposureTwin = "exposure-twin"
    case movie
    case hole
    case holeImage = "hole-image"
    case gridSquare = "grid-square"
    case gridSquareImage = "grid-square-image"
    /// The file EpuSession.dm.
    case session
    /// A file GridSquare_<id>.dm, with the foil holes of a grid square.
    case holeMap = "hole-map"
    /// A file TargetLocation_<hole>.dm, with one foil hole of a grid square.
    case foilHole = "foil-hole"
    /// A folder that could not be listed.
    case folder
    case other

    /// Whether the file's content is read, and not only its name.
    public var isParsed: Bool {
        switch self {
        case .exposure, .hole, .gridSquare, .session, .holeMap, .foilHole: true
        case .exposureImage, .exposureTwin, .movie, .holeImage, .gridSquareImage, .folder, .other: false
        }
    }

    /// Whether the file belongs to the XML of its name.
    public var isCompanion: Bool {
        switch self {
        case .exposureImage, .exposureTwin, .movie, .holeImage, .gridSquareImage: true
        case .exposure, .hole, .gridSquare, .session, .holeMap, .foilHole, .folder, .other: false
        }
    }

    /// Whether an exposure or another image of the archive is made from the file; a JPG of an exposure is only linked to it.
    public var isImage: Bool {
        switch self {
        case .exposure, .hole, .gridSquare, .holeImage, .gridSquareImage: true
        case .exposureImage, .exposureTwin, .movie, .session, .holeMap, .foilHole, .folder, .other: false
        }
    }
}
