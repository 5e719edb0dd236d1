import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// Stores readings of one root within one transaction: a ledger row for each, and what they say.
struct RootWriter {
    private let db: Database
    /// The folder that paths are relative to.
    private let root: String
    private var ledger: LedgerWriter
    /// The writers of the session; nil for files that belong to no session.
    private var session: SessionWriters?
    private var counts = IngestCounts()
    /// The results that no longer hold, as hole images, hole maps or the template said something that the archive did not say
    /// before.
    private var stale = StaleResults.none

    private struct SessionWriters {
        let sessionID: Int64
        var places: PlaceWriter
        var exposures: ExposureWriter
        var shots: SameShot
        var previews: PreviewLinks
        var customValues: CustomValueWriter
        var holeMaps: HoleMapWriter
    }

    private let sessionFile: SessionFile?

    /// Prepares the statements.
    /// - Parameters:
    ///   - path: The folder that paths are relative to.
    ///   - sessionFile: The folder's EpuSession.dm, where the root is that of its session.
    init(_ root: FolderRoots.Root, path: String, sessionFile: SessionFile?, _ db: Database) throws {
        self.db = db
        self.root = path
        self.sessionFile = sessionFile
        let rootID = root.id
        ledger = try LedgerWriter(rootID: rootID, db)
        session = try root.sessionID.map { id in
            SessionWriters(
                sessionID: id, places: try PlaceWriter(sessionID: id, db),
                exposures: try ExposureWriter(sessionID: id, root: path, db),
                shots: try SameShot(sessionID: id, db),
                previews: try PreviewLinks(sessionID: id, rootID: rootID, db),
                customValues: try CustomValueWriter(db), holeMaps: HoleMapWriter(sessionID: id, db))
        }
    }

    mutating func write(_ readings: [FileReading]) throws -> IngestCounts {
        if let session { try Settlement.reopen(session.sessionID, db) }
        for (index, reading) in readings.enumerated() {
            counts.read += 1
            // A JPG comes just before the XML of its name.
            try write(reading, followedBy: readings[(index + 1)..<min(index + 4, readings.count)])
        }
        if let session, stale > .none {
            counts.described += 1
            try stale.forget(of: session.sessionID, db)
        }
        if let session, session.shots.hasReplaced {
            try SessionMove.removeEmptyPlaces(of: session.sessionID, db)
        }
        return counts
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
            stale = max(stale, try session?.places.store(name, image, file: file, fileID: fileID) ?? .none)
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
            if let reason = sessionFile?.foreign {
                _ = try ledger.record(file, .unknown, SessionFile.problem(reason))
            } else {
                _ = try ledger.record(file, reading.status, reading.problem)
                if let session {
                    stale = max(stale, try SessionDescription(sessionID: session.sessionID).store(metadata, db))
                }
            }
        case .holeMap(let square, let holes):
            _ = try ledger.record(file, reading.status, reading.problem)
            stale = max(stale, try session?.holeMaps.store(square, holes) ?? .none)
        case .foilHole(let hole, let gridSquare):
            _ = try ledger.record(file, reading.status, reading.problem)
            try session?.places.add(gridSquare: gridSquare)
            stale = max(stale, try session?.holeMaps.store(hole, gridSquare: gridSquare) ?? .none)
        case .none:
            _ = try ledger.record(file, reading.status, reading.problem)
        }
    }

    /// Writes the row of an image's file.
    /// - Returns: Nil for a copy of an image that the archive has from another file.
    private mutating func recordImage(
        _ file: SourceFile, _ table: PlaceWriter.ImageTable, _ column: PlaceWriter.FileColumn
    ) throws -> (id: Int64, isNew: Bool)? {
        if let twin = try session?.places.twin(of: file, in: table, column, root: root, db) {
            _ = try ledger.record(file, .twin, PlaceWriter.problem(twin))
            return nil
        }
        return try ledger.record(file, .ok, nil)
    }

    private mutating func write(_ name: ExposureName, _ image: ImageMetadata, _ reading: FileReading) throws {
        let file = reading.file
        let preview = try session?.previews.preview(of: file.name)
        let (fileID, isNew) = try ledger.record(
            file, preview == nil ? .missingImage : .ok,
            reading.problem ?? (preview == nil ? Ledger.missingImage : nil))
        let columns = ExposureColumns(name: name, gridSquare: file.gridSquare, image: image)
        var isNewFile = isNew
        if let shot = try session?.shots.other(than: columns, fileID: fileID) {
            if shot.comesBefore(columns) {
                try session?.shots.keep(shot, insteadOf: fileID)
                try ledger.mark(fileID, .twin, SameShot.problem(shot.path))
                if let preview { try ledger.mark(preview.fileID, .twin, SameShot.previewProblem) }
                return
            }
            try session?.shots.replace(shot, by: columns, fileID: fileID, path: root + "/" + file.path)
            isNewFile = false
        }
        if let preview, preview.wasOrphan { try ledger.mark(preview.fileID, .ok) }
        try session?.places.add(name.foilHole, gridSquare: file.gridSquare)
        try session?.places.add(area: name.area)
        let outcome = try session?.exposures.store(
            columns, file: file, fileID: fileID, isNewFile: isNewFile, imageFileID: preview?.fileID)
        switch outcome {
        case .new: counts.new += 1
        case .changed: counts.changed += 1
        case .twin(let path): try ledger.mark(fileID, .twin, SameShot.problem(path))
        case .indistinct(let path):
            try ledger.mark(
                fileID, .incomplete, "it has the name of \(path), another time, and neither has a uniqueID: not taken")
        case nil: break
        }
        try session?.customValues.store(image.custom, fileID: fileID, isNew: isNew)
    }

    private mutating func writeImage(_ file: SourceFile, _ next: ArraySlice<FileReading>) throws {
        let isFollowedByExposure = next.contains { reading in
            guard case .exposure(let name, _) = reading.content else { return false }
            return name.base == file.name.stem && reading.file.name.prefix == file.name.prefix
        }
        guard !isFollowedByExposure else {
            let (fileID, _) = try ledger.record(file, .ok, nil)
            session?.previews.expect(file.name, fileID)
            return
        }
        guard let exposure = try session?.previews.exposure(of: file.name) else {
            let isOfTwin = try session?.shots.isTwin(file.name.stem) ?? false
            _ = try ledger.record(
                file, isOfTwin ? .twin : .orphanImage, isOfTwin ? SameShot.previewProblem : "no exposure of this name")
            return
        }
        let (fileID, _) = try ledger.record(file, .ok, nil)
        guard exposure.imageFileID == nil else { return }
        try session?.previews.link(exposure.id, to: fileID)
        if exposure.hasStatusMissing { try ledger.mark(exposure.metadataFileID, .ok) }
    }
}
