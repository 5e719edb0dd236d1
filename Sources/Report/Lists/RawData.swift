import EPUCore
import Foundation

/// The movies below a folder, which is searched once for all that is asked of it later.
struct RawData {
    /// The folder itself, with links resolved, as `PathText` like all paths here.
    let folder: String
    private(set) var movies = MovieIndex()
    /// The folders that could not be listed: their movies will be missing.
    private(set) var unreadable: [String] = []

    /// - Throws: `Failure` if the folder cannot be read; folders below it that cannot be read are `unreadable`.
    init(below folder: String) throws {
        guard let resolved = realpath(folder, nil) else {
            throw Failure("--raw-data \(folder): \(String(cString: strerror(errno))).")
        }
        defer { free(resolved) }
        let root = PathText.of(resolved)
        self.folder = root
        do throws(Failure) { _ = try FolderEntry.list(root) } catch { throw Failure("--raw-data \(folder): \(error).") }
        var visited = VisitedFolders()
        var waiting = [root]
        while let path = waiting.popLast() {
            let entries: [FolderEntry]
            do throws(Failure) {
                guard visited.enter(try VisitedFolders.Place(path)) else { continue }
                entries = try FolderEntry.list(path)
            } catch {
                unreadable.append("\(path) (\(error))")
                continue
            }
            for entry in entries {
                let entryPath = path + "/" + entry.name
                if entry.isFolder { waiting.append(entryPath) } else { movies.add(entry.name, at: entryPath) }
            }
        }
    }

    /// The path of a file below the folder, relative to the folder.
    func relative(_ path: String) -> Substring {
        // By bytes: to Swift a slash that an accent follows is another character.
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        guard path.hasBytePrefix(start) else { return path[...] }
        return path[path.utf8.index(path.utf8.startIndex, offsetBy: start.utf8.count)...]
    }
}
