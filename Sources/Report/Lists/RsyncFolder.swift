import EPUShared

/// The folder that `rsync --files-from` starts from. Paths are as `PathText`, whose text has a slash where the path has one.
struct RsyncFolder {
    let path: String

    init(_ path: String) { self.path = path }

    /// The deepest folder that holds all of these; nil where there is none.
    init?(above folders: Set<String>) {
        guard let first = folders.min() else { return nil }
        var common = first.split(separator: "/")
        for folder in folders {
            common = zip(common, folder.split(separator: "/")).prefix { $0 == $1 }.map { $0.0 }
        }
        path = "/" + common.joined(separator: "/")
    }

    /// What rsync is told of a file below the folder.
    func relative(_ file: String) -> String {
        let start = path == "/" ? path : path + "/"
        guard file.hasPrefix(start) else { return file }
        let relative = String(file.dropFirst(start.count))
        // rsync takes a line that begins so for a comment.
        return relative.hasPrefix("#") || relative.hasPrefix(";") ? "./" + relative : relative
    }
}
