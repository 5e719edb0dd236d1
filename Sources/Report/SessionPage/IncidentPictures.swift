import EPUShared
import Foundation

/// Makes the picture pairs of a session's incidents, and keeps the folder beside the page in which the larger ones lie.
struct IncidentPictures {
    /// Of one incident: a picture, with its larger one's place from the page, or why there is none.
    enum Shown {
        case picture(PagePicture, file: String)
        case missing(PictureProblem)

        var isMissing: Bool { if case .missing = self { true } else { false } }
    }

    typealias Pair = (earlier: Shown, later: Shown)

    /// With more pictures the page would be slow to open.
    static let most = 500

    /// That of the page.
    let folder: String
    private static let assets = "report_assets"

    /// - Parameter advance: called after each incident.
    /// - Returns: earlier and later of each incident.
    func make(_ incidents: [PageIncident], advance: () -> Void) throws -> [Pair] {
        var written: Set<String> = []
        let shown = try incidents.prefix(Self.most).map { entry in
            defer { advance() }
            func make(_ exposure: PageIncident.Exposure, _ which: String) throws -> Shown {
                do throws(PictureProblem) {
                    let picture = try PagePicture(exposure.imagePath)
                    let name = "incident-\(entry.incident.incident)-\(which).jpg"
                    return .picture(picture, file: "\(Self.assets)/\(name)")
                } catch {
                    return .missing(error)
                }
            }
            let pair = (earlier: try make(entry.earlier, "earlier"), later: try make(entry.later, "later"))
            for case .picture(let picture, let path) in [pair.earlier, pair.later] {
                var file = try OutputFile("\(folder)/\(path)")
                try picture.large.withUnsafeBytes { try file.write($0) }
                try file.commit()
                written.insert((path as NSString).lastPathComponent)
            }
            return pair
        }
        removeOlder(but: written)
        return shown
    }

    /// Removes what an earlier report left: it would be another incident's.
    func removeOlder(but written: Set<String>) {
        let assets = "\(folder)/\(Self.assets)"
        guard let entries = try? FolderEntry.list(assets) else { return }
        for entry in entries
        where entry.name.hasPrefix("incident-") && entry.name.hasSuffix(".jpg") && !written.contains(entry.name) {
            unlink("\(assets)/\(entry.name)")
        }
        // Empty, it goes; else it stays.
        rmdir(assets)
    }
}
