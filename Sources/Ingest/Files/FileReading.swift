import EPUShared

/// A file together with what was read from it.
struct FileReading: Sendable {
    enum Content: Sendable {
        case exposure(ExposureName, ImageMetadata)
        case hole(HoleImageName, ImageMetadata)
        case holeImage(HoleImageName)
        /// Its name is all that is needed of it.
        case none
    }

    let file: SourceFile
    var content: Content = .none
    var status: FileStatus = .ok
    var problem: String?

    /// Real image XMLs have 11 to 16 KB.
    private static let imageLimit = 16 << 20
    /// EpuSession.dm grows with the number of grid squares: 220 KB for 228 of them.
    static let sessionFileLimit = 256 << 20

    /// Reads a file as far as its kind demands. Never throws: what is wrong becomes the ledger's status and problem.
    init(_ file: SourceFile, root: String) {
        self.file = file
        if let obstacle = file.obstacle {
            (status, problem) = (.unreadable, obstacle)
            return
        }
        do throws(Unusable) {
            switch file.name.kind {
            case .exposure:
                guard let name = file.name.exposure else { break }
                var image = try Self.image(root + "/" + file.path)
                try image.requireExposureFields()
                if image.acquired == nil {
                    image.acquired = timeOfName(name.base).map { LocalTime(instant: $0, utcOffsetMinutes: nil) }
                    problem = "no acquisitionDateTime: the time is the file name's"
                }
                guard image.acquired != nil else {
                    throw Unusable(status: .incomplete, reason: "it has no acquisitionDateTime, and its name no time")
                }
                content = .exposure(name, image)
            case .hole:
                guard let name = file.name.hole else { break }
                content = .hole(name, try Self.image(root + "/" + file.path))
            case .holeImage:
                content = file.name.hole.map { .holeImage($0) } ?? .none
            case .exposureTwin:
                (status, problem) = (.twin, "describes the movie of the exposure of the same name")
            case .other, .folder:
                status = .unknown
            case .session:
                _ = try Self.session(root + "/" + file.path)
            case .exposureImage, .movie, .gridSquare, .gridSquareImage, .holeMap:
                break
            }
        } catch {
            (status, problem) = (error.status, error.reason)
        }
    }

    /// A row for a file that is not read.
    init(_ file: SourceFile, status: FileStatus, problem: String) {
        self.file = file
        self.status = status
        self.problem = problem
    }

    static func session(_ path: String) throws(Unusable) -> SessionMetadata {
        try SessionMetadata(document(path, limit: sessionFileLimit, closing: "EpuSessionXml>"))
    }

    private static func image(_ path: String) throws(Unusable) -> ImageMetadata {
        try ImageMetadata(document(path, limit: imageLimit, closing: "MicroscopeImage>"))
    }

    /// - Parameter closing: how a whole file ends, to tell one that is still being written from one that is no XML.
    static func document(_ path: String, limit: Int, closing: String) throws(Unusable) -> XMLDocument {
        let bytes = try SourceFile.content(path, limit: limit)
        do {
            return try XMLDocument(bytes)
        } catch {
            let end = bytes.reversed().drop { $0 <= 0x20 }.prefix(closing.utf8.count).reversed()
            let place = error.line.map { "line \($0): " } ?? ""
            guard bytes.isEmpty || (bytes.contains(0x3C) && !end.elementsEqual(closing.utf8)) else {
                throw Unusable(status: .malformed, reason: place + error.reason)
            }
            throw Unusable(status: .incomplete, reason: "it ends early, as if half written (\(place)\(error.reason))")
        }
    }
}

extension ImageMetadata {
    fileprivate func requireExposureFields() throws(Unusable) {
        var missing: [String] = []
        if stage == nil { missing.append("stage position (microscopeData/stage/Position/X, Y)") }
        if beamShift == nil { missing.append("beam shift (microscopeData/optics/BeamShift)") }
        guard missing.isEmpty else {
            throw Unusable(status: .incomplete, reason: "it has no " + missing.joined(separator: " and no "))
        }
        // A grid is 3 mm wide, a stage moves by 2 mm; beam shifts beyond 0.5 were never seen.
        guard let stage, let beamShift, max(abs(stage.x), abs(stage.y)) <= 10_000,
            max(abs(beamShift.x), abs(beamShift.y)) <= 10
        else {
            throw Unusable(status: .malformed, reason: "its stage position or beam shift is beyond any microscope's")
        }
    }
}
