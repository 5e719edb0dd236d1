import EPUCore

/// Which of the files that epu-ingest read are still there. Each folder is listed once: to ask for every file alone would take
/// minutes on a disk that is reached over a network.
struct FilesOnDisk {
    /// The files that are no longer there, as `PathText`.
    private(set) var gone: Set<PathKey> = []
    /// Whether no folder of the session can be reached: its files may be on another machine, and none is called gone.
    let isElsewhere: Bool
    private let isAsked: Bool
    private var folders: [PathKey: Set<PathKey>] = [:]
    /// The folder of the file that was asked for last, with the slash after it, and the names in it: the next one is mostly there, too.
    private var folder = ""
    private var names: Set<PathKey> = []

    /// - Parameter roots: The session's folders; none where nothing is to be looked for.
    init(roots: Set<PathKey>) {
        let isReached = roots.contains { (try? FolderEntry.list($0.text)) != nil }
        isElsewhere = !roots.isEmpty && !isReached
        isAsked = isReached
    }

    /// Whether a file is there; it is noted as gone if not.
    mutating func has(_ path: String) -> Bool {
        guard isAsked else { return true }
        let isThere = isListed(path)
        if !isThere { gone.insert(PathKey(path)) }
        return isThere
    }

    private mutating func isListed(_ path: String) -> Bool {
        // By bytes, as an accent may follow the slash.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let name = path.utf8.index(after: slash)
        if path.utf8.distance(from: path.utf8.startIndex, to: name) != folder.utf8.count || !path.hasBytePrefix(folder)
        {
            folder = String(decoding: path.utf8[..<name], as: UTF8.self)
            names = list(PathKey(String(decoding: path.utf8[..<slash], as: UTF8.self)))
        }
        return names.contains(PathKey(String(decoding: path.utf8[name...], as: UTF8.self)))
    }

    private mutating func list(_ folder: PathKey) -> Set<PathKey> {
        if let names = folders[folder] { return names }
        let names = Set(((try? FolderEntry.list(folder.text)) ?? []).map { PathKey($0.name) })
        folders[folder] = names
        return names
    }
}
