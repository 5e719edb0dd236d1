import Foundation

/// One name in a folder.
public struct FolderEntry: Sendable {
    /// The name, spelt as `PathText` spells it.
    public let name: String
    /// Whether it is a folder; a link counts as what it leads to.
    public let isFolder: Bool
    public let isLink: Bool

    /// All names in a folder except `.` and `..`, sorted.
    /// - Throws: `Failure` with the system's reason.
    public static func list(_ path: String) throws(Failure) -> [FolderEntry] {
        var entries: [FolderEntry] = []
        try read(path) { name, isFolder, isLink in
            entries.append(FolderEntry(name: PathText.of(name), isFolder: isFolder, isLink: isLink))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Calls `each` with every name in a folder except `.` and `..`, in no particular order, and keeps only those of which the
    /// folder does not say what they are.
    /// - Parameter jobs: How many of these are asked for at once.
    /// - Throws: `Failure` with the system's reason.
    public static func read(
        _ path: String, jobs: Int = FileThreads.standard,
        _ each: (_ name: UnsafeBufferPointer<UInt8>, _ isFolder: Bool, _ isLink: Bool) -> Void
    ) throws(Failure) {
        let unclear = try UnclearEntry.others(in: path, each)
        let kinds = FileThreads.map(unclear.count, threads: jobs) { unclear[$0].kind(in: path) }
        for (entry, kind) in zip(unclear, kinds) { entry.withName { each($0, kind.isFolder, kind.isLink) } }
    }
}

/// A name of which its folder does not say what it leads to: that of a link, and on some file systems any name, as in great folders
/// on NFS.
public struct UnclearEntry: Sendable {
    private let name: [UInt8]
    /// nil: the folder does not say it.
    private let isLink: Bool?

    /// Calls `each` with every name in a folder except `.` and `..` of which the folder says what it is.
    /// - Returns: The other names.
    /// - Throws: `Failure` with the system's reason.
    public static func others(
        in path: String, _ each: (_ name: UnsafeBufferPointer<UInt8>, _ isFolder: Bool, _ isLink: Bool) -> Void
    ) throws(Failure) -> [UnclearEntry] {
        guard let folder = PathText.withPath(path, opendir) else { throw Failure(String(cString: strerror(errno))) }
        defer { closedir(folder) }
        var unclear: [UnclearEntry] = []
        errno = 0
        while let entry = readdir(folder) {
            withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                let name = raw.prefix { $0 != 0 }
                guard !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else { return }
                switch Int(entry.pointee.d_type) {
                case DT_LNK: unclear.append(UnclearEntry(name: Array(name), isLink: true))
                case DT_UNKNOWN: unclear.append(UnclearEntry(name: Array(name), isLink: nil))
                case let type:
                    UnsafeRawBufferPointer(rebasing: name).withMemoryRebound(to: UInt8.self) {
                        each($0, type == DT_DIR, false)
                    }
                }
            }
            errno = 0
        }
        guard errno == 0 else { throw Failure(String(cString: strerror(errno))) }
        return unclear
    }

    public func withName(_ body: (UnsafeBufferPointer<UInt8>) -> Void) { name.withUnsafeBufferPointer(body) }

    /// What the name is. Of a name whose folder does not even say that it is a link, that is told only where it leads to a folder.
    public func kind(in folder: String) -> (isFolder: Bool, isLink: Bool) {
        let path = folder + "/" + name.withUnsafeBufferPointer { PathText.of($0) }
        let isFolder = PathText.status(path).map(PathText.isFolder) ?? false
        return (isFolder, isLink ?? (isFolder && PathText.isLink(path)))
    }
}

/// The folders that a walk has been in, so that links which lead back, or twice to one place, end there.
public struct VisitedFolders {
    /// A folder, whatever its path.
    public struct Place: Hashable, Sendable {
        private let device: dev_t
        private let inode: ino_t

        /// - Throws: `Failure` with the system's reason where the folder is gone or closed.
        public init(_ path: String) throws(Failure) {
            guard let status = PathText.status(path) else { throw Failure(String(cString: strerror(errno))) }
            (device, inode) = (status.st_dev, status.st_ino)
        }
    }

    private var seen: Set<Place> = []

    public init() {}

    /// Whether the walk comes to this folder for the first time.
    public mutating func enter(_ place: Place) -> Bool { seen.insert(place).inserted }
}
