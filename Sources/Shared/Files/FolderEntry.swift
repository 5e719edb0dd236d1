import Foundation

/// One name in a folder.
public struct FolderEntry: Sendable {
    public let name: String
    /// Links count as what they lead to.
    public let isFolder: Bool
    public let isLink: Bool

    /// All names of a folder but `.` and `..`, sorted.
    /// - Throws: `Failure` with the system's reason.
    public static func list(_ path: String) throws(Failure) -> [FolderEntry] {
        guard let folder = opendir(path) else { throw Failure(String(cString: strerror(errno))) }
        defer { closedir(folder) }
        var entries: [FolderEntry] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var isFolder = entry.pointee.d_type == DT_DIR
            // Some file systems give no type, and a link's own type says nothing of its target.
            if entry.pointee.d_type == DT_LNK || entry.pointee.d_type == DT_UNKNOWN {
                var status = stat()
                isFolder = stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            }
            entries.append(FolderEntry(name: name, isFolder: isFolder, isLink: entry.pointee.d_type == DT_LNK))
            errno = 0
        }
        guard errno == 0 else { throw Failure(String(cString: strerror(errno))) }
        return entries.sorted { $0.name < $1.name }
    }
}

/// The folders that a walk has been in, so that links which lead back, or twice to one place, end there.
public struct VisitedFolders {
    private struct Identity: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    private var seen: Set<Identity> = []

    public init() {}

    /// Whether the walk comes to this folder for the first time.
    /// - Throws: `Failure` with the system's reason where the folder is gone or closed.
    public mutating func enter(_ path: String) throws(Failure) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(String(cString: strerror(errno))) }
        return seen.insert(Identity(device: status.st_dev, inode: status.st_ino)).inserted
    }
}
