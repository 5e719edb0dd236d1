import EPUCore

/// The files of a session, some hundred at a time, in the order of their folders' paths and their names.
struct BatchList {
    private let folder: SessionFolder
    private let size: Int
    private let tellsGone: Bool
    /// How many files are asked for at once.
    var jobs: Int
    private var nextFolder = 0
    private var nextFile = 0
    private var current: FolderListing?
    /// The files that come next, as they lay on disk when they were asked for; nil is one that was gone again and is not told.
    private var found: ArraySlice<SourceFile?> = []
    /// The folders that vanished since they were found.
    private(set) var vanished: [SourceFile] = []

    /// - Parameters:
    ///   - size: The greatest number of files in a batch.
    ///   - jobs: How many files are asked for at once.
    ///   - tellsGone: Whether files that are gone again are among them, as far as their content would be read.
    init(folder: SessionFolder, size: Int, jobs: Int = FileThreads.standard, tellsGone: Bool = false) {
        self.folder = folder
        self.size = size
        self.jobs = jobs
        self.tellsGone = tellsGone
    }

    /// The greatest size, bytes, of the files of a batch that are read, as all of it is in memory at once: GridSquare_<id>.dm
    /// have megabytes. It is that of a batch of images, so that one is stored while the next is read.
    private static let greatestBytes: Int64 = 16 << 20

    /// The next batch; nil at the end.
    mutating func next() -> [SourceFile]? {
        var batch: [SourceFile] = []
        var bytes: Int64 = 0
        while batch.count < size, bytes < Self.greatestBytes {
            if found.isEmpty { find() }
            guard let next = found.popFirst() else { break }
            guard let file = next, tellsGone || !file.isGone else { continue }
            batch.append(file)
            if file.name.kind.isParsed { bytes += file.sizeBytes }
        }
        return batch.isEmpty ? nil : batch
    }

    /// The number of files of one folder that a thread asks for, one after the other, with the folder opened once.
    private static let askedTogether = 16

    /// Asks for the next files; none are found at the end.
    private mutating func find() {
        var parts: [(listing: FolderListing, files: Range<Int>)] = []
        var count = 0
        while count < size, let listing = listing() {
            let end = min(listing.count, nextFile + min(Self.askedTogether, size - count))
            parts.append((listing, nextFile..<end))
            count += end - nextFile
            nextFile = end
            if nextFile == listing.count { current = nil }
        }
        let (asked, root) = (parts, folder.path)
        found = FileThreads.map(asked.count, threads: jobs) { asked[$0].listing.files(asked[$0].files, root: root) }
            .joined().reduce(into: []) { $0.append($1) }
    }

    /// The folder whose files come next; nil at the end.
    private mutating func listing() -> FolderListing? {
        while current == nil, nextFolder < folder.folders.count {
            let listed = folder.folders[nextFolder]
            nextFolder += 1
            nextFile = 0
            do throws(Failure) {
                current = listed.isKept ? listed : try FolderListing(relisting: listed, root: folder.path, jobs: jobs)
            } catch {
                vanished.append(SourceFile(unreadableFolder: listed.path, reason: error.description))
            }
            if current?.count == 0 { current = nil }
        }
        return current
    }
}
