import EPUFormat
import EPUShared
import GRDB

/// Stores readings within one transaction: a ledger row for each, and what they say.
struct BatchWriter {
    private let db: Database
    /// The folder that paths are relative to.
    private let root: String
    private var ledger: LedgerWriter
    /// Nil for files that belong to no session.
    private var session: SessionWriters?
    private var counts = IngestCounts()
    /// Whether something was said that causes of overlaps rest on, and that the archive did not say before: by hole images,
    /// hole maps or the template.
    private var tellsCauses = false

    private struct SessionWriters {
        let sessionID: Int64
        var places: PlaceWriter
        var exposures: ExposureWriter
        var previews: PreviewLinks
        var customValues: CustomValueWriter
        var holeMaps: HoleMapWriter
    }

    init(rootID: Int64, sessionID: Int64?, root: String, _ db: Database) throws {
        self.db = db
        self.root = root
        ledger = try LedgerWriter(rootID: rootID, db)
        session = try sessionID.map { id in
            SessionWriters(
                sessionID: id, places: try PlaceWriter(sessionID: id, db),
                exposures: try ExposureWriter(sessionID: id, root: root, db),
                previews: try PreviewLinks(sessionID: id, rootID: rootID, db),
                customValues: try CustomValueWriter(db), holeMaps: HoleMapWriter(sessionID: id, db))
        }
    }

    mutating func write(_ readings: [FileReading]) throws -> IngestCounts {
        for (index, reading) in readings.enumerated() {
            counts.read += 1
            // A JPG stands just before the XML of its name.
            try write(reading, followedBy: readings[(index + 1)..<min(index + 4, readings.count)])
        }
        if tellsCauses { try tellCausesAnew() }
        return counts
    }

    /// What was found overexposed stays, but why it was is to be told anew.
    private func tellCausesAnew() throws {
        try db.execute(
            sql: """
                UPDATE analysis SET rules = 0
                WHERE rules <> 0 AND analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?)
                """, arguments: [session?.sessionID])
    }

    private mutating func write(_ reading: FileReading, followedBy next: ArraySlice<FileReading>) throws {
        let file = reading.file
        guard session != nil else {
            _ = try ledger.record(file, reading.status, reading.problem)
            return
        }
        switch reading.content {
        case .exposure(let name, let image):
            try write(name, image, reading)
        case .exposureImage:
            try writeImage(file, next)
        case .hole(let name, let image):
            guard let (fileID, isNew) = try recordImage(file, .hole, .metadata) else { return }
            try session?.places.add(name.foilHole, gridSquare: file.gridSquare)
            if try session?.places.store(name, image, file: file, fileID: fileID) == true { tellsCauses = true }
            try session?.customValues.store(image.custom, fileID: fileID, isNew: isNew)
        case .holeImage(let name):
            guard let (fileID, _) = try recordImage(file, .hole, .image) else { return }
            try session?.places.add(name.foilHole, gridSquare: file.gridSquare)
            try session?.places.store(name, file: file, imageFileID: fileID, db)
        case .gridSquare(let image):
            guard let (fileID, isNew) = try recordImage(file, .gridSquare, .metadata) else { return }
            try session?.places.add(gridSquare: file.gridSquare)
            try session?.places.storeSquare(image, file: file, fileID: fileID)
            try session?.customValues.store(image.custom, fileID: fileID, isNew: isNew)
        case .gridSquareImage:
            guard let (fileID, _) = try recordImage(file, .gridSquare, .image) else { return }
            try session?.places.add(gridSquare: file.gridSquare)
            try session?.places.storeSquare(file: file, imageFileID: fileID, db)
        case .session(let metadata):
            _ = try ledger.record(file, reading.status, reading.problem)
            if let session, try SessionDescription(sessionID: session.sessionID).store(metadata, db) {
                tellsCauses = true
            }
        case .holeMap(let square, let holes):
            _ = try ledger.record(file, reading.status, reading.problem)
            if try session?.holeMaps.store(square, holes) == true { tellsCauses = true }
        case .foilHole(let hole, let gridSquare):
            _ = try ledger.record(file, reading.status, reading.problem)
            try session?.places.add(gridSquare: gridSquare)
            if try session?.holeMaps.store(hole, gridSquare: gridSquare) == true { tellsCauses = true }
        case .none:
            _ = try ledger.record(file, reading.status, reading.problem)
        }
    }

    /// - Returns: nil for a copy of an image that the archive has from another file.
    private mutating func recordImage(
        _ file: SourceFile, _ table: PlaceWriter.ImageTable, _ column: PlaceWriter.FileColumn
    ) throws -> (id: Int64, isNew: Bool)? {
        if let twin = try session?.places.twin(of: file, in: table, column, root: root, db) {
            _ = try ledger.record(file, .twin, "the same image as \(twin)")
            return nil
        }
        return try ledger.record(file, .ok, nil)
    }

    private mutating func write(_ name: ExposureName, _ image: ImageMetadata, _ reading: FileReading) throws {
        let file = reading.file
        let preview = try session?.previews.preview(of: name.base)
        let (fileID, isNew) = try ledger.record(
            file, preview == nil ? .missingImage : .ok,
            reading.problem ?? (preview == nil ? Ledger.missingImage : nil))
        if let preview, preview.wasOrphan { try ledger.mark(preview.fileID, .ok) }
        try session?.places.add(name.foilHole, gridSquare: file.gridSquare)
        try session?.places.add(area: name.area)
        let outcome = try session?.exposures.store(
            ExposureColumns(name: name, gridSquare: file.gridSquare, image: image), file: file, fileID: fileID,
            isNewFile: isNew, imageFileID: preview?.fileID)
        switch outcome {
        case .new: counts.new += 1
        case .changed: counts.changed += 1
        case .twin(let path): try ledger.mark(fileID, .twin, "the same exposure as \(path)")
        case nil: break
        }
        try session?.customValues.store(image.custom, fileID: fileID, isNew: isNew)
    }

    private mutating func writeImage(_ file: SourceFile, _ next: ArraySlice<FileReading>) throws {
        let stem = file.name.stem
        let isFollowedByExposure = next.contains { reading in
            if case .exposure(let name, _) = reading.content { name.base == stem } else { false }
        }
        guard !isFollowedByExposure else {
            let (fileID, _) = try ledger.record(file, .ok, nil)
            session?.previews.expect(stem, fileID)
            return
        }
        let exposure = try session?.previews.exposure(named: stem)
        let (fileID, _) = try ledger.record(
            file, exposure == nil ? .orphanImage : .ok, exposure == nil ? "no exposure of this name" : nil)
        guard let exposure, exposure.imageFileID == nil else { return }
        try session?.previews.link(exposure.id, to: fileID)
        if exposure.hasStatusMissing { try ledger.mark(exposure.metadataFileID, .ok) }
    }
}
