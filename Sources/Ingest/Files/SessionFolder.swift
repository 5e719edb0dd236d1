import EPUCore
import Foundation

/// A folder that holds one session, or the part of it that the user gave.
struct SessionFolder: Sendable {
    /// The absolute path, with links resolved.
    let path: String
    /// The name that the session gets where no EpuSession.dm gives one.
    let name: String
    /// The folders where the walk began, relative to `path`.
    var starts: [String]
    /// The folders below `path`, in the order of their paths.
    var folders: [FolderListing] = []
    /// The EpuSession.dm that lie where one is read, relative to `path`.
    var sessionFiles: [String] = []
    /// Whether the archive has this root as a session's.
    let isKnown: Bool
    /// Whether only some of the session's folders were looked at.
    var isPartial = false
    /// The folders that could not be listed, with the reasons.
    var unreadable: [(path: String, reason: String)] = []

    init(path: String, starts: [String] = [""], isKnown: Bool = false) {
        self.path = path
        self.isKnown = isKnown
        self.starts = starts
        name = Self.sessionName(of: path)
    }

    var files: Int { folders.reduce(0) { $0 + $1.count } }
    /// The EpuSession.dm that counts. EPU writes it at the top; some sessions were stored with it among the metadata or the
    /// images. Of several the one at the top counts, then that in `Metadata`, then that of the first disc.
    var sessionFile: String? { sessionFiles.min { Self.rank($0) < Self.rank($1) } }
    var hasSessionFile: Bool { !sessionFiles.isEmpty }

    /// Looks for EpuSession.dm in folders that were not looked at: where only a part was walked, the one that counts may lie
    /// elsewhere.
    mutating func findOtherSessionFiles() {
        guard hasSessionFile else { return }
        for file in [Self.sessionFileName, Self.metadataFolder + "/" + Self.sessionFileName]
        where !sessionFiles.contains(file) && PathText.status(path + "/" + file) != nil {
            sessionFiles.append(file)
        }
    }

    private static func rank(_ path: String) -> Int {
        let parts = path.pathParts
        guard parts.count > 1 else { return 0 }
        return parts[0] == metadataFolder ? 1 : 1 + (Int(parts[0].drop { !$0.isNumber }) ?? .max - 1)
    }

    static let metadataFolder = "Metadata"
    static let sessionFileName = "EpuSession.dm"

    var isSession: Bool { hasSessionFile || folders.contains(where: \.hasExposures) }

    /// The part of the session that one of its folders is.
    func part(_ listing: FolderListing) -> SessionFolder { part([listing]) }

    func part(_ listings: [FolderListing]) -> SessionFolder {
        var part = self
        part.folders = listings
        return part
    }

    /// The names that people and transfer scripts give to a folder for what is in it, whichever session that is; the folder above
    /// then has the session's name.
    private static let namesOfContent: Set = [
        "epu_out", "data", "raw", "raw_data", "rawdata", "images", "movies", "micrographs", "metadata", "xml",
    ]

    /// The name of the folder above `Images-Disc*` where the path has one, else of its last folder whose name does not only say
    /// what kind of files it holds.
    static func sessionName(of path: String) -> String {
        var parts = path.pathParts.map(String.init)
        if let images = parts.lastIndex(where: isImagesFolder), images > 0 { parts = Array(parts[..<images]) }
        let name = parts.last { part in
            !namesOfContent.contains(part.lowercased()) && SourceFile.gridSquare(of: part) == nil
        }
        return name ?? parts.last ?? "session"
    }

    /// Whether a folder is called `Images-Disc<n>`.
    static func isImagesFolder(_ name: some StringProtocol) -> Bool {
        name.hasPrefix("Images-Disc") && name.count > 11 && name.dropFirst(11).allSatisfy(\.isNumber)
    }
}

extension String {
    /// The names in a path, parted at the bytes of its slashes: a name may start with an accent, which makes one character with
    /// the slash.
    var pathParts: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) }
}
