import EPUCore
import Foundation

/// Finds the sessions below the folders that the user gave.
///
/// A session is a folder with EpuSession.dm or `Images-Disc*` in it, or with EpuSession.dm in its `Metadata`; what lies in no
/// such folder belongs to the given folder. Links are followed; a folder that is reached twice, or again from within itself,
/// counts once.
struct SessionFinder {
    private var visited = VisitedFolders()
    private var found: [SessionFolder] = []
    private var keptNames = 0

    /// The number of file names that are kept from the walk on, 50 bytes each; folders beyond it are listed again in their turn.
    private static let keptNamesLimit = 500_000

    /// Finds the sessions.
    /// - Parameters:
    ///   - starts: Absolute paths; those that a user gave are taken as `readableFolder` returns them. A folder that an earlier
    ///     walk found has the path that the walk gave it, also where a link led there.
    ///   - knownRoots: Folders that the archive already knows: a part of one is read as that part.
    ///   - givenRoots: Folders that may become sessions: parts of them are read as parts.
    ///   - watched: Folders that are not entered, as nothing new is in them. What is found are then parts of sessions.
    static func sessions(
        below starts: [String], knownRoots: [String] = [], givenRoots: [String] = [], watched: Set<String> = []
    ) -> [SessionFolder] {
        var finder = SessionFinder()
        // Folders are compared by their inodes, as a link may lead to one.
        for path in watched.subtracting(starts) { _ = try? finder.visited.enter(path) }
        for start in Set(starts).sorted() {
            let root = root(of: start, candidates: knownRoots + givenRoots)
            let relative = String(Substring(start.utf8.dropFirst(root.utf8.count).drop { $0 == UInt8(ascii: "/") }))
            if let index = finder.found.firstIndex(where: { $0.path == root }) {
                finder.found[index].starts.append(relative)
                finder.walk(relative, of: index)
            } else {
                finder.found.append(
                    SessionFolder(path: root, starts: [relative], isKnown: knownRoots.contains(root)))
                finder.walk(relative, of: finder.found.count - 1)
            }
        }
        for index in finder.found.indices {
            finder.found[index].isPartial = !watched.isEmpty
            finder.found[index].findOtherSessionFiles()
        }
        for index in finder.found.indices { finder.found[index].folders.sort { $0.path < $1.path } }
        return finder.found.filter { !$0.folders.isEmpty || !$0.unreadable.isEmpty }.sorted { $0.path < $1.path }
    }

    /// The longest of the roots above the folder, or the folder above `Images-Disc<n>` or `Metadata`, so that the
    /// parts of a session are one session also where they are given one by one; else the folder itself.
    private static func root(of start: String, candidates: [String]) -> String {
        var candidates = candidates.filter { (start + "/").utf8.starts(with: ($0 + "/").utf8) }
        let parts = start.pathParts
        if let images = parts.firstIndex(where: SessionFolder.isImagesFolder), images > 0 {
            candidates.append("/" + parts[..<images].joined(separator: "/"))
        } else if parts.count > 1, parts.last == SessionFolder.metadataFolder[...] {
            candidates.append("/" + parts.dropLast().joined(separator: "/"))
        }
        return candidates.max { $0.utf8.count < $1.utf8.count } ?? start
    }

    /// The folder's absolute path, links resolved.
    /// - Throws: `Failure` where it is no folder that can be read.
    static func readableFolder(_ given: String) throws -> String {
        guard let resolved = realpath(given, nil) else {
            throw Failure("\(given): \(String(cString: strerror(errno))). Give the folder of a session.")
        }
        defer { free(resolved) }
        guard let status = stat(of: resolved), PathText.isFolder(status) else {
            throw Failure("\(given) is a file. Give the folder of the session, the one that holds EpuSession.dm.")
        }
        guard access(resolved, R_OK | X_OK) == 0 else {
            throw Failure("\(given) cannot be read: \(String(cString: strerror(errno))).")
        }
        return PathText.of(resolved)
    }

    private static func stat(of path: UnsafePointer<CChar>) -> stat? { PathText.status(PathText.of(path)) }

    /// Lists a folder and what is below it, into the session at `index` or into sessions of its own.
    private mutating func walk(_ relative: String, of index: Int) {
        // Links come last: a folder that is reached both ways has the name of its real place.
        var waiting = [(relative, index)]
        var links: [(String, Int)] = []
        while let (relative, index) = waiting.popLast() ?? links.popLast() {
            let root = found[index].path
            var listing = FolderListing(path: relative)
            let path = listing.absolute(in: root)
            var folders: [(name: String, isLink: Bool)] = []
            var hasSessionFile = false
            do throws(Failure) {
                guard try visited.enter(path) else { continue }
                try FolderEntry.read(path) { name, isFolder, isLink in
                    if isFolder {
                        guard !TransferName.isFolder(name) else { return }
                        folders.append((PathText.of(name), isLink))
                    } else {
                        listing.add(name)
                        hasSessionFile = hasSessionFile || name.elementsEqual(SessionFolder.sessionFileName.utf8)
                    }
                }
            } catch {
                found[index].unreadable.append((relative, error.description))
                continue
            }
            var owner = index
            let parts = relative.pathParts
            let isInImages = parts.contains(where: SessionFolder.isImagesFolder)
            let isMetadata = parts == [SessionFolder.metadataFolder[...]]
            let holdsSession = hasSessionFile || folders.contains { isOfSession($0.name, in: path) }
            if holdsSession && !relative.isEmpty && !isInImages && !isMetadata {
                found.append(SessionFolder(path: path))
                owner = found.count - 1
                listing = listing.moved(to: "")
            }
            if hasSessionFile && (listing.path.isEmpty || isMetadata || isInImages && parts.count == 1) {
                found[owner].sessionFiles.append(
                    listing.path.isEmpty
                        ? SessionFolder.sessionFileName : listing.path + "/" + SessionFolder.sessionFileName)
            }
            for folder in folders {
                let below = listing.path.isEmpty ? folder.name : listing.path + "/" + folder.name
                if folder.isLink { links.append((below, owner)) } else { waiting.append((below, owner)) }
            }
            keep(listing, in: owner)
        }
    }

    private func isOfSession(_ folder: String, in path: String) -> Bool {
        SessionFolder.isImagesFolder(folder)
            || folder == SessionFolder.metadataFolder
                && PathText.status(path + "/" + folder + "/" + SessionFolder.sessionFileName) != nil
    }

    private mutating func keep(_ listing: FolderListing, in owner: Int) {
        var listing = listing
        if keptNames + listing.count > Self.keptNamesLimit {
            listing.dropNames()
        } else {
            keptNames += listing.count
            listing.sort()
        }
        found[owner].folders.append(listing)
    }
}
