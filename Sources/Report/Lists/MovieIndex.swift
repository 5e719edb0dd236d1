import EPUCore
import Foundation

/// Movies by their exposure, from any listing of files. Names are compared without regard to case, and words before the base name
/// are passed over. Of several files for one exposure the likeliest movie counts; of equally likely ones, the first path.
struct MovieIndex {
    /// A file of an exposure, with paths as `PathText`.
    private struct Entry {
        let name: MovieName
        let order: Int
        let path: String
        /// The part of the name after the base name, as it is spelt.
        let suffix: String
        /// The paths of the other frames, if each frame of the movie is a file of its own.
        var frames: [String] = []
    }

    private var entries: [ExposureKey: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter order: among files that are equal in all else, the one with the lower number counts.
    mutating func add(_ fileName: String, at path: String, order: Int = 0) {
        guard let (exposure, rest) = ExposureName.find(inAnyCase: fileName), let name = MovieName(rest),
            let key = ExposureKey(exposure.base)
        else { return }
        let entry = Entry(name: name, order: order, path: path, suffix: String(fileName.suffix(rest.count)))
        guard let known = entries[key] else {
            entries[key] = entry
            return
        }
        if name == known.name, order == known.order {
            if name.kind == .frame {
                // In place: a movie may have a file for each of many frames.
                entries[key]?.frames.append(path)
            } else if path < known.path {
                entries[key] = entry
            }
        } else if (known.name.kind, known.name.isCompressed ? 0 : 1, -known.order)
            < (name.kind, name.isCompressed ? 0 : 1, -order)
        {
            entries[key] = entry
        }
    }

    /// The files of an exposure's movie: one, or one for each frame, in order. Empty if there is none.
    subscript(base: String) -> [String] { entry(base).map(Self.paths) ?? [] }

    /// Whether the only file of an exposure may be its summed image.
    func isImage(_ base: String) -> Bool { entry(base)?.name.kind == .image }

    private func entry(_ base: String) -> Entry? {
        // Many sessions have no movie beside their metadata: then names need not be read.
        isEmpty ? nil : ExposureKey(base).flatMap { entries[$0] }
    }

    private static func paths(_ entry: Entry) -> [String] {
        guard !entry.frames.isEmpty else { return [entry.path] }
        // A copy in another folder is not one of the frames.
        let all = ([entry.path] + entry.frames).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        let folder = folder(of: all.min() ?? all[0])
        return all.filter { Self.folder(of: $0) == folder }
    }

    private static func folder(of path: String) -> PathKey {
        // By bytes, as an accent may follow the slash.
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
        return PathKey(String(decoding: path.utf8[..<end], as: UTF8.self))
    }

    /// The part after the base name that most of these movies have; nil if there is no movie.
    /// - Parameter besideImages: leaves out files that may be summed images.
    func commonestSuffix(besideImages: Bool) -> String? {
        let counts = entries.values.filter { !besideImages || $0.name.kind != .image }
            .reduce(into: [String: Int]()) { $0[$1.suffix, default: 0] += 1 }
        return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
}
