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

    /// Calls `each` with every name in a folder except `.` and `..`, in the order of the file system, and keeps nothing.
    /// - Throws: `Failure` with the system's reason.
    public static func read(
        _ path: String, _ each: (_ name: UnsafeBufferPointer<UInt8>, _ isFolder: Bool, _ isLink: Bool) -> Void
    ) throws(Failure) {
        guard let folder = PathText.withPath(path, opendir) else { throw Failure(String(cString: strerror(errno))) }
        defer { closedir(folder) }
        errno = 0
        while let entry = readdir(folder) {
            withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                let name = raw.prefix { $0 != 0 }
                guard !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else { return }
                UnsafeRawBufferPointer(rebasing: name).withMemoryRebound(to: UInt8.self) { name in
                    // Some file systems give no type, and a link's own type says nothing of its target.
                    let type = Int(entry.pointee.d_type)
                    let isFolder =
                        type == DT_LNK || type == DT_UNKNOWN
                        ? PathText.status(path + "/" + PathText.of(name)).map(PathText.isFolder) ?? false
                        : type == DT_DIR
                    each(name, isFolder, type == DT_LNK)
                }
            }
            errno = 0
        }
        guard errno == 0 else { throw Failure(String(cString: strerror(errno))) }
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
