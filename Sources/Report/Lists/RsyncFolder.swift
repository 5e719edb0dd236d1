/// The folder that `rsync --files-from` starts from. Paths are written as `PathText` and compared byte by byte: letters that look
/// alike are different names.
struct RsyncFolder {
    let path: String

    init(_ path: String) { self.path = path }

    /// Finds the deepest folder that holds all of these; nil if there is none.
    init?(above folders: Set<String>) {
        func names(_ folder: String) -> [[UInt8]] { folder.utf8.split(separator: UInt8(ascii: "/")).map(Array.init) }
        guard let first = folders.first else { return nil }
        let common = folders.reduce(names(first)) { common, folder in
            zip(common, names(folder)).prefix { $0 == $1 }.map { $0.0 }
        }
        path = "/" + common.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// The path of a file below the folder, as rsync is to read it.
    func relative(_ file: String) -> String {
        let start = path == "/" ? path : path + "/"
        guard file.utf8.starts(with: start.utf8) else { return file }
        let relative = String(decoding: file.utf8.dropFirst(start.utf8.count), as: UTF8.self)
        // rsync takes a line that begins with either character for a comment.
        return relative.hasPrefix("#") || relative.hasPrefix(";") ? "./" + relative : relative
    }
}
