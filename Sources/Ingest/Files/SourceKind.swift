/// What a file is, by its name alone; as `source_file.kind` spells it.
enum SourceKind: String, Codable, CaseIterable, Sendable {
    case exposure
    case exposureImage = "exposure-image"
    /// Falcon's `_Fractions.xml`, which describes the movie of an exposure in another schema.
    case exposureTwin = "exposure-twin"
    case movie
    case hole
    case holeImage = "hole-image"
    case gridSquare = "grid-square"
    case gridSquareImage = "grid-square-image"
    /// EpuSession.dm
    case session
    /// GridSquare_<id>.dm, the foil holes of a square
    case holeMap = "hole-map"
    /// TargetLocation_<hole>.dm, one foil hole of a square
    case foilHole = "foil-hole"
    /// A folder that could not be listed.
    case folder
    case other

    /// Whether its content is read, not only its name.
    var isParsed: Bool {
        switch self {
        case .exposure, .hole, .gridSquare, .session, .holeMap, .foilHole: true
        default: false
        }
    }

    /// Whether it goes with the XML of its name.
    var isCompanion: Bool {
        switch self {
        case .exposureImage, .exposureTwin, .movie, .holeImage, .gridSquareImage: true
        default: false
        }
    }
}
