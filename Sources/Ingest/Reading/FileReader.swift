import EPUCore
import EPUFormat

/// Reads one file after another into the same memory; each thread has its own reader.
final class FileReader {
    private let xml = XMLReader()
    private var buffer = [UInt8](repeating: 0, count: 1 << 15)
    /// The size of the buffer, bytes, that is kept for the next file: GridSquare_<id>.dm come one after another.
    private static let bufferKept = 4 << 20
    /// The EpuSession.dm that counts, relative to the session's folder.
    private let sessionFile: String?

    init(sessionFile: String? = nil) { self.sessionFile = sessionFile }

    /// The greatest size of an image's XML, bytes; real ones have 11 to 16 KB.
    private static let imageLimit = 16 << 20
    /// The greatest size of EpuSession.dm, bytes. It grows with the number of grid squares: 220 KB for 228 of them.
    private static let sessionLimit = 64 << 20
    /// The greatest size of GridSquare_<id>.dm, bytes. It has 4.1 KB for each foil hole: 2.3 MB for 570.
    private static let holeMapLimit = 512 << 20
    /// The greatest number of foil holes and their exposures in one file; a square has a thousand.
    private static let holesLimit = 1 << 18
    /// The size of GridSquare_<id>.dm, bytes, beyond which foil holes are forgotten as soon as they are read, so that memory
    /// stays small.
    private static let holeMapKept = 16 << 20

    /// Reads a file as far as its kind demands. It never throws: what is wrong becomes the ledger's status and problem.
    func read(_ file: SourceFile, root: String) -> FileReading {
        if let obstacle = file.obstacle { return FileReading(file, status: .unreadable, problem: obstacle) }
        let path = root + "/" + file.path
        do throws(Unusable) {
            switch file.name.kind {
            case .exposure: return try exposure(file, path)
            case .hole:
                guard let name = file.name.hole else { break }
                return FileReading(file, .hole(name, try image(path)))
            case .gridSquare: return FileReading(file, .gridSquare(try image(path)))
            case .session:
                guard file.path == sessionFile else {
                    let problem =
                        sessionFile.map { "\($0) is the one that counts: not read" }
                        ?? "neither at the top of its session's folder nor in Metadata or Images-Disc<n>: not read"
                    return FileReading(file, status: .unknown, problem: problem)
                }
                return FileReading(file, .session(try session(path)))
            case .holeMap: return try holeMap(file, path)
            case .foilHole: return try foilHole(file, path)
            case .exposureTwin:
                return FileReading(
                    file, status: .twin, problem: "describes the movie of the exposure of the same name")
            case .exposureImage: return FileReading(file, .exposureImage)
            case .holeImage:
                guard let name = file.name.hole else { break }
                return FileReading(file, .holeImage(name))
            case .gridSquareImage: return FileReading(file, .gridSquareImage)
            case .movie: break
            case .other, .folder:
                return FileReading(
                    file, status: .unknown, problem: file.name.isLeftPacked ? SourceName.leftPacked : nil)
            }
            return FileReading(file)
        } catch {
            return FileReading(file, status: error.status, problem: error.reason)
        }
    }

    func session(_ path: String) throws(Unusable) -> SessionMetadata {
        try withContent(path, limit: Self.sessionLimit) { root throws(Unusable) in try SessionMetadata(root) }
    }

    private func exposure(_ file: SourceFile, _ path: String) throws(Unusable) -> FileReading {
        guard let name = file.name.exposure else { return FileReading(file) }
        var image = try image(path)
        try image.requireExposureFields()
        var problem: String?
        if image.acquired == nil {
            image.acquired = timeOfName(name.base).map { LocalTime(instant: $0, utcOffsetMinutes: nil) }
            problem = "no acquisitionDateTime: the time is the file name's"
        }
        guard image.acquired != nil else {
            throw Unusable(status: .incomplete, reason: "it has no acquisitionDateTime, and its name no time")
        }
        var reading = FileReading(file, .exposure(name, image))
        reading.problem = problem
        return reading
    }

    private func image(_ path: String) throws(Unusable) -> ImageMetadata {
        try withContent(path, limit: Self.imageLimit) { root throws(Unusable) in try ImageMetadata(root) }
    }

    private func withContent<T>(
        _ path: String, limit: Int, _ body: (XMLElement) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        var length = try OpenFile(path, limit: limit).content(into: &buffer)
        if SourceName.isCompressed(path) {
            buffer = try Gzip.content(buffer[..<length], limit: limit)
            length = buffer.count
        }
        return try withBuffer(length) { bytes throws(Unusable) in try xml.read(bytes, body) }
    }

    private func withBuffer<T>(
        _ length: Int, _ body: (UnsafeRawBufferPointer) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        defer { if buffer.count > Self.bufferKept { buffer = [UInt8](repeating: 0, count: 1 << 15) } }
        return try buffer.withUnsafeBytes { bytes in
            Result { () throws(Unusable) in try body(UnsafeRawBufferPointer(rebasing: bytes[..<length])) }
        }.get()
    }

    private func holeMap(_ file: SourceFile, _ path: String) throws(Unusable) -> FileReading {
        var holes: [FoilHoleMetadata] = []
        var count = 0
        var isUnknownForm = false
        let takeHole = { (element: XMLElement) in
            guard count < Self.holesLimit, let hole = FoilHoleMetadata(element) else { return }
            holes.append(hole)
            count += 1 + hole.exposures.count
        }
        let takeSquare = { (root: XMLElement) throws(Unusable) in
            isUnknownForm = holes.isEmpty && GridSquareMetadata.listsHoles(root)
            return try GridSquareMetadata(root)
        }
        let square = try withHoleMap(path, each: takeHole, takeSquare)
        guard count < Self.holesLimit else {
            throw Unusable(status: .malformed, reason: "it has more foil holes than any file of EPU's")
        }
        var reading = FileReading(file, .holeMap(square, holes))
        if isUnknownForm {
            reading.status = .incomplete
            reading.problem = "its foil holes are listed in a form that is not known: none was read"
        }
        return reading
    }

    /// Shows the foil holes of a GridSquare_<id>.dm, and then its root.
    func withHoleMap<T>(
        _ path: String, each: @escaping (XMLElement) -> Void, _ body: (XMLElement) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        let open = try OpenFile(path, limit: Self.holeMapLimit)
        guard open.size <= Self.holeMapKept else {
            return try xml.read(
                from: { buffer throws(Unusable) in try open.read(into: buffer) },
                stream: GridSquareMetadata.holes(forgets: true), each: each, body)
        }
        let length = try open.content(into: &buffer)
        return try withBuffer(length) { bytes throws(Unusable) in
            try xml.read(bytes, stream: GridSquareMetadata.holes(forgets: false), each: each, body)
        }
    }

    /// Shows the root of any other document that is read.
    func withDocument<T>(
        _ kind: SourceKind, _ path: String, _ body: (XMLElement) throws(Unusable) -> T
    ) throws(Unusable) -> T {
        try withContent(path, limit: kind == .session ? Self.sessionLimit : Self.imageLimit, body)
    }

    private func foilHole(_ file: SourceFile, _ path: String) throws(Unusable) -> FileReading {
        guard let number = targetLocationNumber(of: file.name.fileName)?.number else { return FileReading(file) }
        let hole = try withContent(path, limit: Self.imageLimit) { root throws(Unusable) in
            try FoilHoleMetadata(root, named: number)
        }
        guard let gridSquare = file.gridSquare ?? hole.gridSquare else {
            throw Unusable(status: .incomplete, reason: "neither its folder nor its GridSquareId names a grid square")
        }
        return FileReading(file, .foilHole(hole, gridSquare: gridSquare))
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
