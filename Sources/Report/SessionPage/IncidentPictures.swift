import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import Synchronization

/// Makes the picture pairs of a session's incidents, and keeps the folder beside the page in which the larger ones lie.
struct IncidentPictures: Sendable {
    /// Of one exposure: its picture, or why there is none.
    typealias Shown = Result<PagePicture, PictureProblem>
    typealias Pair = (earlier: Shown, later: Shown)

    /// With more pictures the page would be slow to open.
    static let most = 500
    /// Of all pictures in the page: in base 64 they take 12 MB, and leave 3 MB to 50,000 exposures. Each of a thousand has 9 KB,
    /// in which even noise from black to white can be stored.
    static let mostBytes = 9_000_000

    /// That of the page.
    let folder: String
    private static let assets = "report_assets"

    /// Several at once; what was there before stays, so that an older page is whole until the new one takes its place.
    /// - Parameter advance: called after each incident, by the thread that made its pictures.
    /// - Returns: of each incident, as far as it is among the first `most`.
    /// - Throws: `Failure` where a picture cannot be written.
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
                    let pair = try make(incidents[index], atMost: Self.mostBytes / (2 * count))
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

    private func make(_ entry: PageIncident, atMost limit: Int) throws -> Pair {
        let start = "\(Self.assets)/incident-\(entry.incident.incident)"
        return (
            try make(entry.earlier, "\(start)-earlier-\(entry.earlier.exposureID).jpg", limit),
            try make(entry.later, "\(start)-later-\(entry.later.exposureID).jpg", limit)
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

    /// Removes what the pages of earlier analyses had and this one does not. Files of other names stay.
    func removeOlder(but shown: [Pair]) {
        let assets = "\(folder)/\(Self.assets)"
        guard let entries = try? FolderEntry.list(assets) else { return }
        let kept = Set(shown.flatMap { [$0.earlier, $0.later] }.compactMap { try? $0.get().file })
        for entry in entries
        where entry.name.wholeMatch(of: /incident-\d+-(earlier|later)-\d+\.jpg/) != nil
            && !kept.contains("\(Self.assets)/\(entry.name)")
        {
            unlink("\(assets)/\(entry.name)")
        }
        // Empty, it goes; else it stays.
        rmdir(assets)
    }
}
