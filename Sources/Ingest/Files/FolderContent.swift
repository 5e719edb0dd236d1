import EPUCore

/// What lies in a folder, as far as the search for sessions needs it.
struct FolderContent: Sendable {
    let listing: FolderListing
    /// The folders in it; the name of a link that leads to a folder is one, too.
    let folders: [(name: String, isLink: Bool)]
    let hasSessionFile: Bool
    /// Whether the folder is a session's by what lies in it.
    let holdsSession: Bool

    /// Lists a folder.
    /// - Parameters:
    ///   - path: The path relative to `root`.
    ///   - jobs: How many names are asked for at once, where the folder does not say what they are.
    /// - Throws: `Failure` with the system's reason where the folder cannot be listed.
    init(_ path: String, root: String, jobs: Int) throws(Failure) {
        var listing = FolderListing(path: path)
        let absolute = listing.absolute(in: root)
        var folders: [(name: String, isLink: Bool)] = []
        var hasSessionFile = false
        try FolderEntry.read(absolute, jobs: jobs) { name, isFolder, isLink in
            if isFolder {
                guard !TransferName.isFolder(name) else { return }
                folders.append((PathText.of(name), isLink))
            } else {
                listing.add(name)
                hasSessionFile = hasSessionFile || name.elementsEqual(SessionFolder.sessionFileName.utf8)
            }
        }
        listing.sort()
        holdsSession = hasSessionFile || folders.contains { Self.isOfSession($0.name, in: absolute) }
        (self.listing, self.folders, self.hasSessionFile) = (listing, folders, hasSessionFile)
    }

    private static func isOfSession(_ folder: String, in path: String) -> Bool {
        SessionFolder.isImagesFolder(folder)
            || folder == SessionFolder.metadataFolder
                && PathText.status(path + "/" + folder + "/" + SessionFolder.sessionFileName) != nil
    }
}
