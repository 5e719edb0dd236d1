import EPUCore
import Foundation

/// A folder of a session with the names of its files, sorted by their bytes.
///
/// A flat folder may hold a million names: they are kept packed, 50 bytes each, and become `SourceFile`s some at a time.
struct FolderListing: Sendable {
    /// The path relative to the session's root; `""` is the root itself.
    private(set) var path: String
    private var bytes: [UInt8] = []
    private var names: [Name] = []
    /// Whether the names are kept; if not, there were too many, and `files` lists the folder once more.
    private(set) var isKept = true
    /// Whether a file looks like an exposure, by its name.
    private(set) var hasExposures = false
    /// Whether a file looks like an exposure's movie or JPG.
    private(set) var hasCompanions = false

    private struct Name {
        let start: UInt32
        let length: UInt16
    }

    init(path: String) { self.path = path }

    /// Lists a folder once more.
    /// - Throws: `Failure` with the system's reason where the folder cannot be listed any more.
    init(relisting listing: FolderListing, root: String, jobs: Int) throws(Failure) {
        self.init(path: listing.path)
        try FolderEntry.read(absolute(in: root), jobs: jobs) { name, isFolder, _ in if !isFolder { add(name) } }
        sort()
    }

    /// The number of files at the walk.
    private(set) var count = 0

    /// The same files, relative to another root.
    func moved(to path: String) -> FolderListing {
        var moved = self
        moved.path = path
        return moved
    }

    func absolute(in root: String) -> String { path.isEmpty ? root : root + "/" + path }

    mutating func add(_ name: UnsafeBufferPointer<UInt8>) {
        guard !TransferName.isFile(name) else { return }
        // Only the first of each is looked at closely: there may be a million.
        if !hasExposures || !hasCompanions, Self.isXML(name) ? !hasExposures : !hasCompanions, Self.isOfFoilHole(name) {
            let kind = SourceName(PathText.of(name)).kind
            hasExposures = hasExposures || kind == .exposure
            hasCompanions = hasCompanions || kind == .exposureImage || kind == .movie
        }
        // A folder of so many names is beyond any file system's practice.
        guard bytes.count < Int(UInt32.max) - name.count, name.count <= Int(UInt16.max) else { return }
        count += 1
        names.append(Name(start: UInt32(bytes.count), length: UInt16(name.count)))
        bytes.append(contentsOf: name)
    }

    private static func isXML(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        // The last letter alone tells it of most names.
        switch name.last {
        case UInt8(ascii: "l"): name.suffix(4).elementsEqual(".xml".utf8)
        case UInt8(ascii: "z"): name.suffix(7).elementsEqual(".xml.gz".utf8)
        default: false
        }
    }

    /// Whether a name has EPU's `FoilHole_` in it; users put their own words before EPU's name.
    private static func isOfFoilHole(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = name[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "F")) {
            rest = rest[start...]
            if rest.starts(with: "FoilHole_".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    mutating func sort() {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            names.sort { a, b in
                let order = memcmp(base + Int(a.start), base + Int(b.start), Int(min(a.length, b.length)))
                return order == 0 ? a.length < b.length : order < 0
            }
        }
    }

    mutating func dropNames() {
        (bytes, names) = ([], [])
        isKept = false
    }

    /// Some of the files as they lie on disk now; nil for a file that is gone again and would have been told by its name alone.
    func files(_ range: Range<Int>, root: String) -> [SourceFile?] {
        let folder = absolute(in: root)
        let gridSquare = SourceFile.gridSquare(of: path)
        // In an open folder a name is found without going along the path each time.
        let opened = PathText.withPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { if opened >= 0 { close(opened) } }
        return range.map { index in
            let name = names[index]
            let text = bytes.withUnsafeBufferPointer { bytes in
                PathText.of(UnsafeBufferPointer(rebasing: bytes[Int(name.start)..<Int(name.start) + Int(name.length)]))
            }
            let status = opened >= 0 ? PathText.status(text, in: opened) : PathText.status(folder + "/" + text)
            // A link to nothing stays, with what is wrong with it.
            if status == nil, errno == ENOENT, PathText.isGone(folder + "/" + text) {
                let gone = SourceFile(gone: text, folder: path, gridSquare: gridSquare)
                return gone.name.kind.isParsed ? gone : nil
            }
            return SourceFile(
                folder: path, gridSquare: gridSquare, name: text, status: status)
        }
    }
}
