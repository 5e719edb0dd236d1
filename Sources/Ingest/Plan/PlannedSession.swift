import EPUCore
import EPUFormat

/// A session folder with what it costs to ingest it, as far as its files' names and sizes tell.
struct PlannedSession: Encodable, Sendable {
    let path: String
    /// The number of files that are exposures by their names.
    let exposures: Int
    /// The size of the files that ingest reads, bytes: movies and pictures are not among them.
    let bytes: Int64
    /// The grid, as `session.grid` names it: instrument and atlas; nil where EpuSession.dm names no atlas.
    let grid: String?

    init(_ folder: SessionFolder) {
        var (exposures, bytes) = (0, Int64(0))
        var files = BatchList(folder: folder, size: 1024)
        while let batch = files.next() {
            for file in batch where file.name.kind.isParsed {
                bytes += file.sizeBytes
                if file.name.kind == .exposure { exposures += 1 }
            }
        }
        path = folder.path
        self.exposures = exposures
        self.bytes = bytes
        grid = Self.grid(of: folder)
    }

    init(path: String, exposures: Int, bytes: Int64 = 0, grid: String? = nil) {
        self.path = path
        self.exposures = exposures
        self.bytes = bytes
        self.grid = grid
    }

    private static func grid(of folder: SessionFolder) -> String? {
        guard let file = folder.sessionFile, let metadata = try? FileReader().session(folder.path + "/" + file),
            let atlas = metadata.atlasID
        else { return nil }
        return GridName.of(atlas: atlas, instrumentKey: FolderExposures(folder: folder).firstInstrument()?.key)
    }
}
