import EPUCore

/// Which of the files that epu-ingest read are still there. Each folder is listed once: to ask for every file alone would take
/// minutes on a disk that is reached over a network.
struct FilesOnDisk {
    /// The files that are no longer there, as `PathText`.
    private(set) var gone: Set<String> = []
    /// Whether no folder of the session can be reached: its files may be on another machine, and none is called gone.
    let isElsewhere: Bool
    private let isAsked: Bool
    private var folders: [String: Set<String>] = [:]

    /// - Parameter roots: The session's folders; none where nothing is to be looked for.
    init(roots: Set<String>) {
        let isReached = roots.contains { (try? FolderEntry.list($0)) != nil }
        isElsewhere = !roots.isEmpty && !isReached
        isAsked = isReached
    }

    /// The files that are there, in the same order; the others are noted as gone.
    mutating func present(_ paths: [String]) -> [String] {
        guard isAsked else { return paths }
        return paths.filter { path in
            let isThere = has(path)
            if !isThere { gone.insert(path) }
            return isThere
        }
    }

    private mutating func has(_ path: String) -> Bool {
        // By bytes, as an accent may follow the slash.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let folder = String(decoding: path.utf8[..<slash], as: UTF8.self)
        let name = String(decoding: path.utf8[path.utf8.index(after: slash)...], as: UTF8.self)
        if let names = folders[folder] { return names.contains(name) }
        let names = Set(((try? FolderEntry.list(folder)) ?? []).map(\.name))
        folders[folder] = names
        return names.contains(name)
    }
}
