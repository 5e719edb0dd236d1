import EPUCore
import EPUFormat

/// The exposures of a folder as they lie on disk, for what must be known before all of them are read.
struct FolderExposures {
    let folder: SessionFolder

    /// Goes through the exposures' files, in the order of the paths, until `body` returns false.
    func each(_ body: (SourceFile) throws -> Bool) rethrows {
        for listing in folder.folders where listing.hasExposures {
            // Few are needed, mostly.
            var batches = BatchList(folder: folder.part(listing), size: 16)
            while let files = batches.next() {
                for file in files where file.name.kind == .exposure {
                    guard try body(file) else { return }
                }
            }
        }
    }

    /// The instrument of the first exposure that names its own; nil where none does.
    func firstInstrument() -> Instrument? {
        var instrument: Instrument?
        var tried = 0
        each { file in
            instrument = KnownExposure(file, root: folder.path)?.instrument
            tried += 1
            return instrument == nil && tried < 8
        }
        return instrument
    }

    /// Minutes that the microscope's clock is ahead of UTC, by the first exposure that says it; nil where none does.
    func utcOffsetMinutes() -> Int? {
        var offset: Int?
        var tried = 0
        each { file in
            offset = KnownExposure(file, root: folder.path)?.acquired?.utcOffsetMinutes
            tried += 1
            return offset == nil && tried < 8
        }
        return offset
    }

    /// A handful of exposures, which is enough to recognise a session that was moved.
    func some() -> [KnownExposure] {
        var found: [KnownExposure] = []
        each { file in
            if let exposure = KnownExposure(file, root: folder.path) { found.append(exposure) }
            return found.count < 8
        }
        return found
    }
}

/// The values by which an exposure can be recognised.
struct KnownExposure: Sendable {
    let name: ExposureName
    let gridSquare: Int64?
    let uniqueID: String?
    let acquired: LocalTime?
    let instrument: Instrument?

    /// Reads an exposure's file; nil where it cannot be read.
    init?(_ file: SourceFile, root: String) {
        guard case .exposure(let name, let image) = FileReader().read(file, root: root).content else { return nil }
        self.name = name
        gridSquare = file.gridSquare
        uniqueID = image.uniqueID
        acquired = image.acquired
        instrument = Instrument(image)
    }
}
