import EPUCore

/// A file's kind together with the names that its own name carries.
struct SourceName: Sendable {
    let kind: SourceKind
    /// EPU's base name without suffix, which an XML, its JPG and its movie share.
    let stem: String
    let fileName: String
    /// The text that a user or a script wrote before EPU's name.
    private(set) var prefix = ""
    var exposure: ExposureName?
    var hole: HoleImageName?
    /// Whether it is a file of EPU's that would be read if it were not packed.
    var isLeftPacked: Bool {
        kind == .other && Self.isCompressed(fileName) && SourceName(String(fileName.dropLast(3))).kind != .other
    }

    init(_ fileName: String) {
        self.fileName = fileName
        // Hidden files belong to other programs: macOS writes `._NAME` beside each file on some disks.
        if fileName.hasPrefix(".") {
            (kind, stem) = (.other, Self.firstPart(of: fileName))
        } else if let (exposure, rest) = ExposureName.parse(fileName) ?? ExposureName.find(in: fileName) {
            self.exposure = exposure
            stem = exposure.base
            kind = Self.exposureKind(rest: rest.lowercased())
            prefix = Self.prefix(of: fileName, before: stem, rest)
        } else if let (hole, rest) = HoleImageName.parse(fileName) ?? HoleImageName.find(in: fileName) {
            self.hole = hole
            stem = hole.base
            kind = Self.imageKind(rest: rest.lowercased(), .hole, .holeImage)
            prefix = Self.prefix(of: fileName, before: stem, rest)
        } else if let (square, rest) = GridSquareImageName.parse(fileName) ?? GridSquareImageName.find(in: fileName) {
            stem = square.base
            kind = Self.imageKind(rest: rest.lowercased(), .gridSquare, .gridSquareImage)
            prefix = Self.prefix(of: fileName, before: stem, rest)
        } else {
            stem = Self.firstPart(of: fileName)
            if fileName == SessionFolder.sessionFileName {
                kind = .session
            } else if let (_, rest) = targetLocationNumber(of: fileName), rest == ".dm" {
                kind = .foilHole
            } else {
                kind = Self.isHoleMap(fileName) ? .holeMap : .other
            }
        }
    }

    init(folder path: String) {
        fileName = path
        kind = .folder
        stem = path.pathParts.last.map(String.init) ?? "."
    }

    /// The number of the grid square that is written before EPU's name, `GridSquare_7358443_FoilHole_...`; nil where none is.
    var gridSquare: Int64? {
        guard !prefix.isEmpty else { return nil }
        return prefix.ranges(of: "GridSquare_").reversed().lazy.compactMap { found in
            gridSquareNumber(of: prefix[found.lowerBound...])?.number
        }.first
    }

    static let leftPacked = "packed: gunzip it to have it read"
    static func isCompressed(_ name: String) -> Bool { name.utf8.suffix(3).elementsEqual(".gz".utf8) }

    private static func firstPart(of name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? name
    }

    /// The text before the base name. It is parted at bytes, as a prefix may end in a character that the base name's first letter
    /// would join.
    private static func prefix(of name: String, before base: String, _ rest: String) -> String {
        String(decoding: name.utf8.dropLast(base.utf8.count + rest.utf8.count), as: UTF8.self)
    }

    private static func isHoleMap(_ name: String) -> Bool {
        guard name.hasSuffix(".dm"), let start = name.ranges(of: "GridSquare_").last?.lowerBound else { return false }
        return gridSquareNumber(of: name[start...])?.rest == ".dm"
    }

    private static let description = MovieName.description.lowercased()

    private static func exposureKind(rest: String) -> SourceKind {
        switch rest {
        case ".xml", ".xml.gz": return .exposure
        case ".jpg", ".jpeg": return .exposureImage
        case description, description + ".gz": return .exposureTwin
        default: return MovieName(rest) == nil ? .other : .movie
        }
    }

    private static func imageKind(rest: String, _ metadata: SourceKind, _ image: SourceKind) -> SourceKind {
        switch rest {
        case ".xml", ".xml.gz": metadata
        case ".jpg", ".jpeg": image
        default: .other
        }
    }
}
