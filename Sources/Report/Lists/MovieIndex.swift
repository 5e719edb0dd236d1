import EPUShared
import Foundation

/// The movies below a folder, by the base name of their exposure: one walk, whatever is asked of it afterwards.
///
/// Names are compared without case, and words before the base name are passed over. Of several files for one exposure
/// the movie (`_fractions`, `_EER`) is preferred to the summed image, then the first path counts.
struct MovieIndex {
    /// The folder itself, links resolved; as `PathText`, like all paths here.
    let folder: String
    /// Folders that could not be listed: their movies will be missing.
    private(set) var unreadable: [String] = []
    private var paths: [String: (path: String, isMovie: Bool)] = [:]

    /// - Throws: `Failure` where the folder cannot be read; folders below it that cannot are `unreadable`.
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
                guard try visited.enter(path) else { continue }
                entries = try FolderEntry.list(path)
            } catch {
                unreadable.append("\(path) (\(error))")
                continue
            }
            for entry in entries {
                let entryPath = path + "/" + entry.name
                if entry.isFolder { waiting.append(entryPath) } else { add(entry.name, at: entryPath) }
            }
        }
    }

    private mutating func add(_ fileName: String, at path: String) {
        guard let (name, rest) = ExposureName.find(inAnyCase: fileName), isMovieSuffix(rest) else { return }
        let isMovie = rest.hasPrefix("_")
        let key = name.base.lowercased()
        if let known = paths[key] {
            guard isMovie == known.isMovie ? path < known.path : isMovie else { return }
        }
        paths[key] = (path, isMovie)
    }

    subscript(base: String) -> String? { paths[base.lowercased()]?.path }
}
