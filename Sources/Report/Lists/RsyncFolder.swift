import EPUCore

/// The folder that `rsync --files-from` starts from. Paths are written as `PathText` and compared byte by byte: letters that look
/// alike are different names.
struct RsyncFolder {
    let path: String
    /// What the path of a file in it begins with.
    private let start: String

    init(_ path: String) {
        self.path = path
        start = path == "/" ? path : path + "/"
    }

    /// Finds the deepest folder that holds all of these; nil if there is none.
    init?(above folders: Set<PathKey>) {
        func names(_ folder: PathKey) -> [[UInt8]] {
            folder.text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
        }
        guard let first = folders.first else { return nil }
        let common = folders.reduce(names(first)) { common, folder in
            zip(common, names(folder)).prefix { $0 == $1 }.map { $0.0 }
        }
        self.init("/" + common.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/"))
    }

    /// The path of a file below the folder, as rsync is to read it.
    func relative(_ file: String) -> Substring {
        guard file.hasBytePrefix(start) else { return file[...] }
        let relative = file[file.utf8.index(file.utf8.startIndex, offsetBy: start.utf8.count)...]
        // rsync takes a line that begins with either character for a comment.
        let first = relative.utf8.first
        return first == UInt8(ascii: "#") || first == UInt8(ascii: ";") ? "./" + relative : relative
    }
}
