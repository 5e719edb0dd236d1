import EPUCore

/// The files of a session, some hundred at a time, in the order of their folders' paths and their names.
struct BatchList {
    private let folder: SessionFolder
    private let size: Int
    private var nextFolder = 0
    private var nextFile = 0
    private var current: FolderListing?
    /// The folders that vanished since they were found.
    private(set) var vanished: [SourceFile] = []

    init(folder: SessionFolder, size: Int) {
        self.folder = folder
        self.size = size
    }

    /// The greatest size, bytes, of the files of a batch that are read, as all of it is in memory at once: GridSquare_<id>.dm
    /// have megabytes. It is that of a batch of images, so that one is stored while the next is read.
    private static let greatestBytes: Int64 = 16 << 20

    /// The next batch; nil at the end.
    mutating func next() -> [SourceFile]? {
        var batch: [SourceFile] = []
        var bytes: Int64 = 0
        while batch.count < size, bytes < Self.greatestBytes, let listing = listing() {
            let end = min(listing.count, nextFile + min(64, size - batch.count))
            for file in listing.files(nextFile..<end, root: folder.path) where bytes < Self.greatestBytes {
                nextFile += 1
                guard let file else { continue }
                batch.append(file)
                if file.name.kind.isParsed { bytes += file.sizeBytes }
            }
            if nextFile == listing.count { current = nil }
        }
        return batch.isEmpty ? nil : batch
    }

    /// The folder whose files come next; nil at the end.
    private mutating func listing() -> FolderListing? {
        while current == nil, nextFolder < folder.folders.count {
            let listed = folder.folders[nextFolder]
            nextFolder += 1
            nextFile = 0
            do throws(Failure) {
                current = listed.isKept ? listed : try FolderListing(relisting: listed, root: folder.path)
            } catch {
                vanished.append(SourceFile(unreadableFolder: listed.path, reason: error.description))
            }
            if current?.count == 0 { current = nil }
        }
        return current
    }
}
