import EPUShared
import Foundation

/// A folder that holds one session, or the part of it that the user gave.
struct SessionFolder: Sendable {
    /// Absolute, links resolved.
    let path: String
    /// What the session is called where no EpuSession.dm says so.
    let name: String
    /// Where the walk began, relative to `path`.
    var starts: [String]
    /// Folders below `path`, in the order of their paths.
    var folders: [FolderListing] = []
    var hasSessionFile = false
    /// The archive has this root as a session's.
    let isKnown: Bool
    /// Only some of its folders were looked at.
    var isPartial = false
    /// Folders that could not be listed, and why.
    var unreadable: [(path: String, reason: String)] = []

    init(path: String, starts: [String] = [""], isKnown: Bool = false) {
        self.path = path
        self.isKnown = isKnown
        self.starts = starts
        name = Self.sessionName(of: path)
    }

    var files: Int { folders.reduce(0) { $0 + $1.count } }
    var isSession: Bool { hasSessionFile || folders.contains(where: \.hasExposures) }

    /// One of its folders alone.
    func part(_ listing: FolderListing) -> SessionFolder {
        var part = self
        part.folders = [listing]
        return part
    }

    /// The folder above `Images-Disc*` where the path has one, else its last part.
    static func sessionName(of path: String) -> String {
        let parts = path.pathParts.map(String.init)
        if let images = parts.lastIndex(where: isImagesFolder), images > 0 { return parts[images - 1] }
        return parts.last ?? "session"
    }

    /// `Images-Disc<n>`
    static func isImagesFolder(_ name: some StringProtocol) -> Bool {
        name.hasPrefix("Images-Disc") && name.count > 11 && name.dropFirst(11).allSatisfy(\.isNumber)
    }
}

extension String {
    /// The names in a path. By bytes: a name may start with an accent, which makes one character with the slash.
    var pathParts: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) }
}
