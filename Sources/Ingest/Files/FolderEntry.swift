import Foundation

/// One name in a folder.
struct FolderEntry {
    let name: String
    /// Links count as what they lead to.
    let isFolder: Bool

    /// All names of a folder but `.` and `..`, unordered.
    static func list(_ path: String) throws(Unusable) -> [FolderEntry] {
        guard let folder = opendir(path) else {
            throw Unusable(status: .unreadable, reason: String(cString: strerror(errno)))
        }
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
            entries.append(FolderEntry(name: name, isFolder: isFolder))
            errno = 0
        }
        guard errno == 0 else { throw Unusable(status: .unreadable, reason: String(cString: strerror(errno))) }
        return entries
    }
}
