import EPUCore
import EPUFormat
import Foundation

/// A file as it lies on disk when its folder is listed.
struct SourceFile: Sendable {
    /// The path relative to the session's root.
    let path: String
    /// The folder that the file is in, relative to the root.
    let folder: String
    let name: SourceName
    let sizeBytes: Int64
    /// The time of the last change, nanoseconds since 1970, by the file system's clock.
    let modifiedNs: Int64
    /// The reason why the file cannot be read, where listing already shows it; else nil.
    let obstacle: String?
    /// Whether the file was there when its folder was listed, and is gone now: other programs move and clean sessions.
    private(set) var isGone = false
    /// Whether there is only a name, of which nothing can be said: a link to a disk that is not there.
    var isAbsent: Bool { obstacle != nil && modifiedNs == 0 && !isGone }
    /// EPU's number of the grid square whose folder the file is in, or that is written before its name; nil where neither names
    /// one.
    let gridSquare: Int64?
    /// The id of the file's row in the ledger, where it is known to have one.
    var ledgerID: Int64?

    /// Describes a file.
    /// - Parameters:
    ///   - gridSquare: The number of the grid square that the folder names.
    ///   - status: What the system says of the file; nil where there is none, with the reason in `errno`.
    init(folder: String, gridSquare: Int64?, name: String, status: stat?) {
        path = folder.isEmpty ? name : folder + "/" + name
        self.folder = folder
        let name = SourceName(name)
        self.name = name
        self.gridSquare = gridSquare ?? name.gridSquare
        guard let status else {
            (sizeBytes, modifiedNs, obstacle) = (0, 0, String(cString: strerror(errno)))
            return
        }
        sizeBytes = Int64(status.st_size)
        modifiedNs = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        obstacle = PathText.isFile(status) ? nil : "it is no file but a pipe, socket or device"
    }

    /// What is wrong with a file that went between the listing of its folder and its reading.
    static let goneUnread = "it was there when its folder was listed, and gone before it could be read"

    /// Describes a file that is gone again.
    init(gone name: String, folder: String, gridSquare: Int64?) {
        path = folder.isEmpty ? name : folder + "/" + name
        self.folder = folder
        let name = SourceName(name)
        self.name = name
        self.gridSquare = gridSquare ?? name.gridSquare
        (sizeBytes, modifiedNs, obstacle, isGone) = (0, 0, Self.goneUnread, true)
    }

    /// Describes a folder that cannot be listed.
    init(unreadableFolder path: String, reason: String) {
        self.path = path.isEmpty ? "." : path
        folder = path
        name = SourceName(folder: path)
        (sizeBytes, modifiedNs, obstacle, gridSquare) = (0, 0, reason, nil)
    }

    /// The number of the grid square that a folder's path names.
    static func gridSquare(of folder: String) -> Int64? {
        for part in folder.pathParts.reversed() {
            if let (number, rest) = gridSquareNumber(of: part), rest.isEmpty { return number }
        }
        return nil
    }

    /// Whether a folder is called `GridSquare_<id>`.
    static func isGridSquareFolder(_ name: Substring) -> Bool {
        gridSquareNumber(of: name).map { $0.rest.isEmpty } ?? false
    }
}
