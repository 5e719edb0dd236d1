import EPUCore

/// What lies in a folder, as far as the search for sessions needs it.
struct FolderContent: Sendable {
    private(set) var listing: FolderListing
    /// The folders in it; the name of a link that leads to a folder is one, too.
    private(set) var folders: [(name: String, isLink: Bool)] = []
    private(set) var hasSessionFile = false
    /// Whether the folder is a session's by what lies in it.
    private(set) var holdsSession = false
    /// The names that are missing in all this, as somebody has to ask what they are.
    private(set) var unclear: [UnclearEntry] = []
    let path: String

    /// Lists a folder.
    /// - Parameter path: The path relative to `root`.
    /// - Throws: `Failure` with the system's reason where the folder cannot be listed.
    init(_ path: String, root: String) throws(Failure) {
        listing = FolderListing(path: path)
        self.path = listing.absolute(in: root)
        unclear = try UnclearEntry.others(in: self.path) { add($0, isFolder: $1, isLink: $2) }
    }

    /// The same with the names that were unclear, by their kinds.
    func completed(_ kinds: ArraySlice<(isFolder: Bool, isLink: Bool)>) -> FolderContent {
        var whole = self
        for (entry, kind) in zip(unclear, kinds) {
            entry.withName { whole.add($0, isFolder: kind.isFolder, isLink: kind.isLink) }
        }
        whole.unclear = []
        whole.listing.sort()
        whole.holdsSession =
            whole.hasSessionFile || whole.folders.contains { Self.isOfSession($0.name, in: path) }
        return whole
    }

    private mutating func add(_ name: UnsafeBufferPointer<UInt8>, isFolder: Bool, isLink: Bool) {
        if isFolder {
            guard !TransferName.isFolder(name) else { return }
            folders.append((PathText.of(name), isLink))
        } else {
            listing.add(name)
            hasSessionFile = hasSessionFile || name.elementsEqual(SessionFolder.sessionFileName.utf8)
        }
    }

    private static func isOfSession(_ folder: String, in path: String) -> Bool {
        SessionFolder.isImagesFolder(folder)
            || folder == SessionFolder.metadataFolder
                && PathText.status(path + "/" + folder + "/" + SessionFolder.sessionFileName) != nil
    }
}
