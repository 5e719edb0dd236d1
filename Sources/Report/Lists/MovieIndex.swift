import EPUCore
import Foundation

/// Movies by their exposure, from whatever listing: names are compared without case, and words before the base name are
/// passed over. Of several files for one exposure the likeliest movie counts, of equal ones the first path.
struct MovieIndex {
    /// As `PathText`.
    private struct Entry {
        let name: MovieName
        let order: Int
        let path: String
        /// What follows the base name, as it is spelt.
        let suffix: String
        /// The other frames, where the movie's frames are files of their own.
        var frames: [String] = []
    }

    private var entries: [ExposureKey: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter order: files of the lower one count where they are equal otherwise.
    mutating func add(_ fileName: String, at path: String, order: Int = 0) {
        guard let (exposure, rest) = ExposureName.find(inAnyCase: fileName), let name = MovieName(rest),
            let key = ExposureKey(exposure.base)
        else { return }
        let entry = Entry(name: name, order: order, path: path, suffix: String(fileName.suffix(rest.count)))
        guard var known = entries[key] else {
            entries[key] = entry
            return
        }
        if name == known.name, order == known.order {
            if name.kind == .frame {
                known.frames.append(path)
                entries[key] = known
            } else if path < known.path {
                entries[key] = entry
            }
        } else if (known.name.kind, known.name.isCompressed ? 0 : 1, -known.order)
            < (name.kind, name.isCompressed ? 0 : 1, -order)
        {
            entries[key] = entry
        }
    }

    /// The files of an exposure's movie: one, or each of its frames, in their order. Empty where there is none.
    subscript(base: String) -> [String] { entry(base).map(Self.paths) ?? [] }

    /// Whether all that there is of an exposure may be its summed image.
    func isImage(_ base: String) -> Bool { entry(base)?.name.kind == .image }

    private func entry(_ base: String) -> Entry? {
        // Many sessions have no movie beside their metadata: then names need not be read.
        isEmpty ? nil : ExposureKey(base).flatMap { entries[$0] }
    }

    private static func paths(_ entry: Entry) -> [String] {
        guard !entry.frames.isEmpty else { return [entry.path] }
        // A copy in another folder is none of them.
        let all = ([entry.path] + entry.frames).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        let folder = folder(of: all.min() ?? all[0])
        return all.filter { Self.folder(of: $0) == folder }
    }

    private static func folder(of path: String) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }

    /// What follows the base name in most of these movies; nil where there is none.
    /// - Parameter besideImages: leaves out what may be summed images.
    func commonestSuffix(besideImages: Bool) -> String? {
        let counts = entries.values.filter { !besideImages || $0.name.kind != .image }
            .reduce(into: [String: Int]()) { $0[$1.suffix, default: 0] += 1 }
        return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
}
