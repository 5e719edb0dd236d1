import Foundation

/// What `epu-ingest sample` wrote, changed and left out, in counts by kind.
struct SampleReport: Encodable {
    /// The folders of the sessions within the sample.
    var sessions: [String] = []
    var exposures = 0
    var files = 0
    var bytes = 0
    /// How many numbers of squares, holes, areas, settings and exposures have become others.
    let numbers: Int
    /// How many texts of each kind have become others.
    let texts: [String: Int]
    /// Movies, and what describes them: only their names are read, and the files are empty.
    var namesAlone = 0
    /// Files that cannot be read, and stay such.
    var damaged = 0
    var noise = 0
    /// JPGs that were left out.
    var images = 0
    var otherFiles = 0

    init(names: SampleNames) {
        numbers = names.numbers.count
        texts = Dictionary(
            uniqueKeysWithValues: SampleText.allCases.compactMap { kind in
                let count = names.texts.count(kind)
                return count > 0 ? (String(describing: kind), count) : nil
            })
    }

    private static let words: [(kind: SampleText, one: String, many: String)] = [
        (.uniqueID, "id of an image", "ids of images"), (.coreGuid, "id of a core", "ids of cores"),
        (.instrument, "instrument", "instruments"), (.model, "microscope", "microscopes"),
        (.computer, "computer", "computers"), (.serial, "serial number", "serial numbers"),
        (.gain, "gain reference", "gain references"), (.session, "session", "sessions"), (.atlas, "atlas", "atlases"),
        (.storage, "storage path", "storage paths"), (.beamShift, "beam shift's id", "beam shifts' ids"),
        (.camera, "camera", "cameras"), (.word, "word that is not known", "words that are not known"),
        (.folder, "folder", "folders"), (.prefix, "word before a file's name", "words before files' names"),
    ]

    /// The result as text.
    /// - Parameter path: The folder that was written.
    func text(path: String) -> String {
        var lines = [
            "\(path): \(count(sessions.count, "session", "sessions")), \(count(exposures, "exposure", "exposures")), "
                + "\(count(files, "file", "files")), \(Bytes.text(bytes))"
        ]
        let changed = Self.words.compactMap { kind, one, many in
            texts[String(describing: kind)].map { count($0, one, many) }
        }
        lines.append(
            "  renamed    "
                + (["\(numbers) numbers of squares, holes, areas, settings"] + changed).joined(separator: ", "))
        lines.append("  times      moved: the first exposure is at 2020-01-01 12:00, UTC+00:00; the steps stay")
        let empty = [(namesAlone, "of movies"), (damaged, "that cannot be read")].filter { $0.0 > 0 }
        if !empty.isEmpty {
            lines.append(
                "  emptied    " + empty.map { count($0.0, "file", "files") + " " + $0.1 }.joined(separator: ", "))
        }
        if noise > 0 { lines.append("  noise      " + count(noise, "JPG", "JPGs")) }
        var left = ["all that these tools do not read"]
        if images > 0 { left.append(count(images, "JPG", "JPGs")) }
        if otherFiles > 0 { left.append(count(otherFiles, "other file", "other files")) }
        lines.append("  left out   " + left.joined(separator: ", "))
        lines.append(
            "  kept       stage positions, beam shifts, optics, doses, sizes, EPU's version, the camera's type")
        return lines.joined(separator: "\n")
    }

    private func count(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
}
