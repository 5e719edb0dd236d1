import EPUShared
import Foundation

/// A folder that holds one session, or the part of it that the user gave.
struct SessionFolder: Sendable {
    /// Absolute, links resolved.
    let path: String
    /// What the session is called where no EpuSession.dm says so.
    let name: String
    /// Folders below `path`, relative to it (`""` is itself), in the order of their paths.
    var folders: [String] = []
    var hasSessionFile = false
    /// Files that look like exposures, by name.
    var exposures = 0
    /// Folders that could not be listed, and why.
    var unreadable: [(path: String, reason: String)] = []

    var isSession: Bool { hasSessionFile || exposures > 0 }
}

/// Finds the sessions below the folders that the user gave.
///
/// A session is a folder with EpuSession.dm or `Images-Disc*` in it; what lies in no such folder belongs to the given
/// folder. Links are followed; a folder that is reached twice, or again from within itself, counts once.
struct SessionFinder {
    private var visited = VisitedFolders()
    private var found: [SessionFolder] = []

    /// - Parameter knownRoots: folders that the archive already knows: a part of one is read as that part.
    /// - Throws: `Failure` where a given path is no folder that can be read.
    static func sessions(below given: [String], knownRoots: [String] = []) throws -> [SessionFolder] {
        let starts = try given.map(readableFolder)
        var finder = SessionFinder()
        for start in Set(starts).sorted() {
            if let root = knownRoots.filter({ start == $0 || start.hasPrefix($0 + "/") }).max(by: {
                $0.count < $1.count
            }) {
                finder.found.append(SessionFolder(path: root, name: sessionName(of: root)))
                finder.walk(String(start.dropFirst(root.count).drop { $0 == "/" }), of: finder.found.count - 1)
            } else {
                finder.found.append(SessionFolder(path: start, name: sessionName(of: start)))
                finder.walk("", of: finder.found.count - 1)
            }
        }
        for index in finder.found.indices { finder.found[index].folders.sort() }
        return finder.found.sorted { $0.path < $1.path }
    }

    private static func readableFolder(_ given: String) throws -> String {
        guard let resolved = realpath(given, nil) else {
            throw Failure("\(given): \(String(cString: strerror(errno))). Give the folder of a session.")
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure("\(given) is a file. Give the folder of the session, the one that holds EpuSession.dm.")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw Failure("\(given) cannot be read: \(String(cString: strerror(errno))).")
        }
        return path
    }

    /// The folder above `Images-Disc*` where the path has one, else its last part.
    static func sessionName(of path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        if let images = parts.lastIndex(where: isImagesFolder), images > 0 { return parts[images - 1] }
        return parts.last ?? "session"
    }

    private static func isImagesFolder(_ name: String) -> Bool {
        name.hasPrefix("Images-Disc") && name.count > 11 && name.dropFirst(11).allSatisfy(\.isNumber)
    }

    /// Lists a folder and what is below it, into the session at `index` or into sessions of its own.
    private mutating func walk(_ relative: String, of index: Int) {
        // Links last: a folder that is reached both ways has the name of its real place.
        var waiting = [(relative, index)]
        var links: [(String, Int)] = []
        while let (relative, index) = waiting.popLast() ?? links.popLast() {
            let root = found[index].path
            let path = relative.isEmpty ? root : root + "/" + relative
            let entries: [FolderEntry]
            do throws(Failure) {
                guard try visited.enter(path) else { continue }
                entries = try FolderEntry.list(path)
            } catch {
                found[index].unreadable.append((relative, error.description))
                continue
            }
            let holdsSession = entries.contains {
                $0.name == "EpuSession.dm" || ($0.isFolder && Self.isImagesFolder($0.name))
            }
            var owner = index
            var base = relative
            if holdsSession && !relative.isEmpty
                && !relative.split(separator: "/").contains(where: { Self.isImagesFolder(String($0)) })
            {
                found.append(SessionFolder(path: path, name: Self.sessionName(of: path)))
                owner = found.count - 1
                base = ""
            }
            found[owner].folders.append(base)
            for entry in entries {
                if entry.isFolder {
                    let path = base.isEmpty ? entry.name : base + "/" + entry.name
                    if entry.isLink { links.append((path, owner)) } else { waiting.append((path, owner)) }
                } else if entry.name == "EpuSession.dm" && base.isEmpty {
                    found[owner].hasSessionFile = true
                } else if entry.name.hasPrefix("FoilHole_"), SourceName(entry.name).kind == .exposure {
                    found[owner].exposures += 1
                }
            }
        }
    }
}
