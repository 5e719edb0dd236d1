import EPUShared

/// What a file is, by its name alone; as `source_file.kind` spells it.
enum SourceKind: String, Codable, Sendable {
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
}

/// A file's kind together with the names that its own name carries.
struct SourceName: Sendable {
    let kind: SourceKind
    /// Base name without suffix: what an XML and its JPG share.
    let stem: String
    let fileName: String
    var exposure: ExposureName?
    var hole: HoleImageName?

    init(_ fileName: String) {
        self.fileName = fileName
        if let (exposure, rest) = ExposureName.parse(fileName) {
            self.exposure = exposure
            stem = exposure.base
            kind = Self.exposureKind(rest: rest.lowercased())
        } else if let (hole, rest) = HoleImageName.parse(fileName) {
            self.hole = hole
            stem = hole.base
            switch rest.lowercased() {
            case ".xml": kind = .hole
            case ".jpg", ".jpeg": kind = .holeImage
            default: kind = .other
            }
        } else if let (square, rest) = GridSquareImageName.parse(fileName) {
            stem = square.base
            switch rest.lowercased() {
            case ".xml": kind = .gridSquare
            case ".jpg", ".jpeg": kind = .gridSquareImage
            default: kind = .other
            }
        } else {
            stem = fileName.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? fileName
            if fileName == "EpuSession.dm" {
                kind = .session
            } else if let (_, rest) = gridSquareNumber(of: fileName), rest == ".dm" {
                kind = .holeMap
            } else if let (_, rest) = targetLocationNumber(of: fileName), rest == ".dm" {
                kind = .foilHole
            } else {
                kind = .other
            }
        }
    }

    init(folder path: String) {
        fileName = path
        kind = .folder
        stem = path.pathParts.last.map(String.init) ?? "."
    }

    private static func exposureKind(rest: String) -> SourceKind {
        switch rest {
        case ".xml": return .exposure
        case ".jpg", ".jpeg": return .exposureImage
        case "_fractions.xml": return .exposureTwin
        default: return isMovieSuffix(rest) ? .movie : .other
        }
    }
}
