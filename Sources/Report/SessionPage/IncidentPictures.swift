import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import Synchronization

/// Makes the picture pairs of a session's incidents, and keeps the folder beside the page in which the larger ones lie.
struct IncidentPictures: Sendable {
    /// The picture of one exposure, or the reason why there is none.
    typealias Shown = Result<PagePicture, PictureProblem>
    /// The pictures of an incident; the hole image is nil where there is none.
    typealias Pair = (earlier: Shown, later: Shown, hole: PagePicture?)

    /// The greatest number of incidents with pictures: with more, the page would be slow to open. They are the costliest.
    static let most = 500
    /// The most bytes of all pictures in the page. In base 64 they take 12 MB, which leaves 3 MB to 50,000 exposures. If there
    /// are a thousand pictures, each has 9 KB, in which even noise from black to white can be stored; hole images have less.
    static let mostBytes = 9_000_000
    private static let mostHoleImageBytes = 1_500_000

    /// The folder of the page.
    let folder: String
    private static let assets = "report_assets"

    /// Makes the pictures, several at once. What was there before stays, so that an older page is whole until the new one
    /// replaces it.
    /// - Parameter advance: called after each incident, by the thread that made its pictures.
    /// - Returns: the pair of pictures of each incident that is among the first `most`.
    /// - Throws: `Failure` if a picture cannot be written.
    func make(_ incidents: [PageIncident], advance: @Sendable () -> Void) throws -> [Pair] {
        let count = min(incidents.count, Self.most)
        let made = Mutex((next: 0, pairs: [Pair?](repeating: nil, count: count), failure: (any Error)?.none))
        let threads = min(count, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while let index = made.withLock({ state -> Int? in
                guard state.failure == nil, state.next < count else { return nil }
                defer { state.next += 1 }
                return state.next
            }) {
                do {
                    let pair = try make(incidents[index], of: count)
                    made.withLock { $0.pairs[index] = pair }
                } catch {
                    made.withLock { $0.failure = $0.failure ?? error }
                }
                advance()
            }
        }
        return try made.withLock { state in
            if let failure = state.failure { throw failure }
            return state.pairs.compactMap { $0 }
        }
    }

    private func make(_ entry: PageIncident, of count: Int) throws -> Pair {
        let limit = Self.mostBytes / (2 * count)
        let start = "\(Self.assets)/incident-\(entry.incident.incident)"
        return (
            try make(entry.earlier, "\(start)-earlier-\(entry.earlier.exposureID).jpg", limit),
            try make(entry.later, "\(start)-later-\(entry.later.exposureID).jpg", limit),
            entry.holeImage?.image.imagePath.flatMap {
                PagePicture.small(of: $0, atMost: Self.mostHoleImageBytes / count)
            }
        )
    }

    private func make(_ exposure: PageIncident.Exposure, _ file: String, _ limit: Int) throws -> Shown {
        let (picture, large): (PagePicture, [UInt8])
        do throws(PictureProblem) {
            (picture, large) = try PagePicture.make(
                of: exposure.imagePath, file: file, atMost: limit)
        } catch {
            return .failure(error)
        }
        var output = try OutputFile("\(folder)/\(file)")
        try large.withUnsafeBytes { try output.write($0) }
        try output.commit()
        return .success(picture)
    }

    /// Removes the pictures that only pages of earlier analyses had. Files of other names stay.
    func removeOlder(but shown: [Pair]) {
        let assets = "\(folder)/\(Self.assets)"
        guard let entries = try? FolderEntry.list(assets) else { return }
        let kept = Set(shown.flatMap { [$0.earlier, $0.later] }.compactMap { (try? $0.get())?.file })
        for entry in entries
        where entry.name.wholeMatch(of: /incident-\d+-(earlier|later)-\d+\.jpg/) != nil
            && !kept.contains("\(Self.assets)/\(entry.name)")
        {
            unlink("\(assets)/\(entry.name)")
        }
        // The folder is removed if it is empty; else it stays.
        rmdir(assets)
    }
}
