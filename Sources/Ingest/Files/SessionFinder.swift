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
    private let jobs: Int

    private init(jobs: Int) { self.jobs = jobs }

    /// The number of file names that are kept from the walk on, 50 bytes each; folders beyond it are listed again in their turn.
    private static let keptNamesLimit = 500_000

    /// Finds the sessions.
    /// - Parameters:
    ///   - starts: Absolute paths; those that a user gave are taken as `readableFolder` returns them. A folder that an earlier
    ///     walk found has the path that the walk gave it, also where a link led there.
    ///   - knownRoots: Folders that the archive already knows: a part of one is read as that part.
    ///   - givenRoots: Folders that may become sessions: parts of them are read as parts.
    ///   - watched: Folders that are not entered, as nothing new is in them. What is found are then parts of sessions.
    ///   - jobs: How many folders are listed at once.
    static func sessions(
        below starts: [String], knownRoots: [String] = [], givenRoots: [String] = [], watched: Set<PathKey> = [],
        jobs: Int = FileThreads.standard
    ) -> [SessionFolder] {
        var finder = SessionFinder(jobs: jobs)
        // Folders are compared by their inodes, as a link may lead to one.
        let asked = watched.subtracting(starts.map(PathKey.init)).map(\.text)
        for place in FileThreads.map(
            asked.count, threads: jobs, { try? VisitedFolders.Place(asked[$0]) })
        {
            if let place { _ = finder.visited.enter(place) }
        }
        let roots = knownRoots + givenRoots.map { root(of: $0, candidates: knownRoots) }
        for start in Set(starts.map(PathKey.init)).sortedPaths {
            let root = root(of: start, candidates: roots)
            let relative = String(Substring(start.utf8.dropFirst(root.utf8.count).drop { $0 == UInt8(ascii: "/") }))
            if let index = finder.found.firstIndex(where: { $0.path.hasSameBytes(as: root) }) {
                finder.found[index].starts.append(relative)
                finder.walk(relative, of: index)
            } else {
                finder.found.append(
                    SessionFolder(
                        path: root, starts: [relative], isKnown: knownRoots.contains { $0.hasSameBytes(as: root) }))
                finder.walk(relative, of: finder.found.count - 1)
            }
        }
        for index in finder.found.indices {
            finder.found[index].isPartial = !watched.isEmpty
            finder.found[index].findOtherSessionFiles()
        }
        for index in finder.found.indices { finder.found[index].folders.sort { $0.path.isPath(before: $1.path) } }
        return finder.found.filter { !$0.folders.isEmpty || !$0.unreadable.isEmpty }
            .sorted { $0.path.isPath(before: $1.path) }
    }

    /// The longest of the roots above the folder, or the folder above `Images-Disc<n>`, `Metadata` or `GridSquare_<id>`, so that
    /// the parts of a session are one session also where they are given one by one; else the folder itself.
    private static func root(of start: String, candidates: [String]) -> String {
        var candidates = candidates.filter { (start + "/").utf8.starts(with: ($0 + "/").utf8) }
        let parts = start.pathParts
        if let images = parts.firstIndex(where: SessionFolder.isImagesFolder), images > 0 {
            candidates.append("/" + parts[..<images].joined(separator: "/"))
        } else if parts.count > 1, parts.last == SessionFolder.metadataFolder[...] {
            candidates.append("/" + parts.dropLast().joined(separator: "/"))
        } else if let square = parts.firstIndex(where: SourceFile.isGridSquareFolder), square > 0 {
            candidates.append("/" + parts[..<square].joined(separator: "/"))
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

    /// A folder on the walk: its path in its session, and the session's index.
    private typealias Step = (path: String, session: Int)

    /// Lists a folder and what is below it, into the session at `index` or into sessions of its own.
    private mutating func walk(_ relative: String, of index: Int) {
        // Links come last: a folder that is reached both ways has the name of its real place.
        var waiting: [Step] = [(relative, index)]
        var links: [Step] = []
        while true {
            if waiting.isEmpty, let link = links.popLast() { waiting.append(link) }
            let steps = Array(waiting.suffix(jobs).reversed())
            guard !steps.isEmpty else { break }
            waiting.removeLast(steps.count)
            for (step, content) in contents(of: steps) {
                let (owner, path) = take(content, of: step)
                for folder in content.folders {
                    let below = path.isEmpty ? folder.name : path + "/" + folder.name
                    if folder.isLink { links.append((below, owner)) } else { waiting.append((below, owner)) }
                }
            }
        }
    }

    /// Lists folders, all at once, except those that the walk was in.
    private mutating func contents(of steps: [Step]) -> [(Step, FolderContent)] {
        let roots = steps.map { found[$0.session].path }
        let places = FileThreads.map(steps.count, threads: jobs) { number in
            Result { () throws(Failure) in
                try VisitedFolders.Place(FolderListing(path: steps[number].path).absolute(in: roots[number]))
            }
        }
        var entered: [(step: Step, root: String)] = []
        for (number, place) in places.enumerated() {
            switch place {
            case .success(let place): if visited.enter(place) { entered.append((steps[number], roots[number])) }
            case .failure(let failure): note(failure, at: steps[number])
            }
        }
        let listed = entered
        var contents: [(step: Step, content: FolderContent)] = []
        let results = FileThreads.map(listed.count, threads: jobs) { number in
            Result { () throws(Failure) in try FolderContent(listed[number].step.path, root: listed[number].root) }
        }
        for (listed, result) in zip(listed, results) {
            switch result {
            case .success(let content): contents.append((listed.step, content))
            case .failure(let failure): note(failure, at: listed.step)
            }
        }
        return completed(contents)
    }

    /// Asks for the unclear names of all folders together: they may all be in one.
    private func completed(_ contents: [(step: Step, content: FolderContent)]) -> [(Step, FolderContent)] {
        let names = contents.flatMap { entry in entry.content.unclear.map { (name: $0, path: entry.content.path) } }
        let kinds = FileThreads.map(names.count, threads: jobs) { names[$0].name.kind(in: names[$0].path) }
        var (parts, start): ([Range<Int>], Int) = ([], 0)
        for (_, content) in contents {
            parts.append(start..<start + content.unclear.count)
            start += content.unclear.count
        }
        let ranges = parts
        let whole = FileThreads.map(contents.count, threads: jobs) { number in
            contents[number].content.completed(kinds[ranges[number]])
        }
        return zip(contents, whole).map { ($0.step, $1) }
    }

    private mutating func note(_ failure: Failure, at step: Step) {
        found[step.session].unreadable.append((step.path, failure.description))
    }

    /// Takes a folder's files into the session they belong to: that of the folder above, or one that begins here.
    /// - Returns: The session's index, and the folder's path in it.
    private mutating func take(_ content: FolderContent, of step: Step) -> (owner: Int, path: String) {
        var (owner, listing) = (step.session, content.listing)
        let parts = step.path.pathParts
        let isInImages = parts.contains(where: SessionFolder.isImagesFolder)
        let isMetadata = parts == [SessionFolder.metadataFolder[...]]
        if content.holdsSession && !step.path.isEmpty && !isInImages && !isMetadata {
            found.append(SessionFolder(path: listing.absolute(in: found[owner].path)))
            owner = found.count - 1
            listing = listing.moved(to: "")
        }
        if content.hasSessionFile && (listing.path.isEmpty || isMetadata || isInImages && parts.count == 1) {
            found[owner].sessionFiles.append(
                listing.path.isEmpty
                    ? SessionFolder.sessionFileName : listing.path + "/" + SessionFolder.sessionFileName)
        }
        keep(listing, in: owner)
        return (owner, listing.path)
    }

    private mutating func keep(_ listing: FolderListing, in owner: Int) {
        var listing = listing
        if keptNames + listing.count > Self.keptNamesLimit {
            listing.dropNames()
        } else {
            keptNames += listing.count
        }
        found[owner].folders.append(listing)
    }
}
