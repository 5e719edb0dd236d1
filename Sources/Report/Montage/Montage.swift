import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import Synchronization

/// The montage of one session: its overexposed exposures, each beside the earlier one and both hole images.
///
/// For each pair 24 bytes are kept, and each thread has the rows of one page and the pictures of a few rows. All else that is in
/// memory does not grow with the number of pairs.
struct Montage: Sendable {
    struct Options: Sendable {
        /// The folder in which the folder of each session is made.
        var folder: String
        var prefix: String
        var order = MontageOrder()
        /// The greatest number of pairs shown of a session; nil if all are.
        var limit: Int?
        /// The number of pairs on a page; nil means as many as make no page too high for viewers.
        var pairsPerPage: Int?
        /// The scale of the pictures; nil means the greatest at which a picture is at most 512 pixels long.
        var scale: JPEGDecoder.Scale?
        /// The number of pages that are drawn at once; nil means one for each processor.
        var jobs: Int?
    }

    private let archive: Archive
    private let choice: AnalysisChoice
    private let options: Options
    private let loader: PreviewLoader
    private let overexposed: Int
    private let pairs: [MontagePair.Place]
    private let pictures: MontagePictures
    /// The finders of hole images, by the id of their session.
    private let holeImages: [Int64: HoleImageFinder]
    private let layout: MontageLayout
    private let pairsPerPage: Int

    init(_ archive: Archive, of choice: AnalysisChoice, options: Options) throws {
        self.archive = archive
        self.choice = choice
        self.options = options
        loader = PreviewLoader(scale: options.scale)
        (overexposed, pairs, pictures, holeImages) = try archive.read { db in
            let sessions = try MontagePair.sessions(db, of: choice)
            return (
                try MontagePair.count(db, of: choice),
                try MontagePair.places(db, of: choice, order: options.order, limit: options.limit),
                try MontagePictures(of: choice, db),
                try Dictionary(
                    uniqueKeysWithValues: sessions.map { ($0, HoleImageFinder(try HoleImage.all(of: $0, db))) })
            )
        }
        layout = MontageLayout(picture: try Self.firstPicture(of: pairs, choice, loader, archive))
        pairsPerPage = options.pairsPerPage ?? layout.pairsPerPage
    }

    var pairsToShow: Int { pictures.areAllGone ? 0 : pairs.count }

    /// Writes the pages, several at once, and then removes those that an earlier, longer run left behind them. If there is no
    /// pair, nothing is written.
    /// - Parameter advance: called after each pair, by the thread that drew it.
    func write(advance: @Sendable () -> Void = {}) throws -> Outcome {
        // Pages of an earlier run, when there were pictures, stay.
        guard !pictures.areAllGone else { return outcome(shown: 0, files: []) }
        let files = MontageFiles(folder: folder, prefix: options.prefix)
        let progress = Mutex(Progress())
        let threads = options.jobs ?? ProcessInfo.processInfo.activeProcessorCount
        DispatchQueue.concurrentPerform(iterations: min(threads, pageCount)) { _ in
            while let page = progress.withLock({ $0.nextPage(of: pageCount) }) {
                do {
                    try write(page: page, to: files.path(page: page + 1), advance: advance)
                } catch {
                    progress.withLock { $0.failed(page, error) }
                }
            }
        }
        if let failure = progress.withLock({ $0.failure?.error }) { throw failure }
        try files.removeOlder(after: pageCount)
        return outcome(shown: pairs.count, files: (0..<pageCount).map { files.path(page: $0 + 1) })
    }

    private func outcome(shown: Int, files: [String]) -> Outcome {
        Outcome(
            session: choice.session.name, analysisID: choice.analysisID, analysis: choice.text,
            unknown: choice.unknowns.text, overexposed: overexposed, shown: shown, gonePictures: pictures.gone,
            pictures: pictures.recorded, files: files)
    }

    /// The page that is to be drawn next, and the error of the first page that failed.
    private struct Progress {
        private var next = 0
        private(set) var failure: (page: Int, error: any Error)?

        mutating func nextPage(of count: Int) -> Int? {
            guard failure == nil, next < count else { return nil }
            defer { next += 1 }
            return next
        }

        mutating func failed(_ page: Int, _ error: any Error) {
            if failure.map({ page < $0.page }) ?? true { failure = (page, error) }
        }
    }

    private var folder: String { (options.folder as NSString).appendingPathComponent(choice.session.folderName) }

    private var pageCount: Int { (pairs.count + pairsPerPage - 1) / pairsPerPage }

    /// The size of the first picture that has the shape of a micrograph, which becomes that of the tiles; if there is none, that
    /// of a K3 preview.
    private static func firstPicture(
        of pairs: [MontagePair.Place], _ choice: AnalysisChoice, _ loader: PreviewLoader, _ archive: Archive
    ) throws -> (width: Int, height: Int) {
        for place in pairs {
            let pair = try archive.read { try MontagePair.fetch($0, place, of: choice) }
            for path in [pair.earlier.imagePath, pair.later.imagePath] {
                // No micrograph has the shape of a strip, which would make all tiles too narrow.
                if let path, let size = loader.size(path),
                    max(size.width, size.height) <= 4 * min(size.width, size.height)
                {
                    return size
                }
            }
        }
        return (512, 364)
    }
}

// MARK: - Pages

extension Montage {
    /// - Parameter page: the number of the page, from 0.
    private func write(page: Int, to path: String, advance: () -> Void) throws {
        let shown = page * pairsPerPage..<min((page + 1) * pairsPerPage, pairs.count)
        let (shownPairs, incidents) = try archive.read { db in
            let numbers = Set(shown.compactMap { pairs[$0].incident })
            return (
                try shown.map { try MontagePair.fetch(db, pairs[$0], of: choice) },
                try numbers.sorted().compactMap { try IncidentRow.fetch($0, of: choice.analysisID, db) }
            )
        }
        var tiles = MontageTiles(loader: loader, holeImages: holeImages, box: layout.box)
        try self.page(page, showing: shown, incidents: incidents).write(
            to: path, rows: rows(shown, incidents)
        ) { pair in
            defer { advance() }
            let index = pair - shown.lowerBound
            if index % tiles.pairsReadTogether == 0 {
                tiles.read(shownPairs[index..<min(index + tiles.pairsReadTogether, shownPairs.count)])
            }
            return tiles.tiles(of: shownPairs[index])
        }
    }

    private func rows(_ shown: Range<Int>, _ incidents: [IncidentRow]) -> [MontagePage.Row] {
        guard options.order.grouping == .incident else { return shown.map { .pair($0) } }
        return shown.flatMap { pair -> [MontagePage.Row] in
            let incident = pairs[pair].incident
            let isContinued = pair > 0 && pairs[pair - 1].incident == incident
            guard pair == shown.lowerBound || !isContinued else { return [.pair(pair)] }
            let heading = incidents.first { $0.incident == incident }.map(\.heading) ?? Self.withoutIncident
            return [.heading(isContinued ? heading + " (continued)" : heading), .pair(pair)]
        }
    }

    private static let withoutIncident = "incidents were not told by this analysis: run `epu-analyze` again"

    private func page(
        _ page: Int, showing shown: Range<Int>, incidents: [IncidentRow]
    ) -> MontagePage {
        var range = "\(shown.lowerBound + 1) to \(shown.upperBound) of \(overexposed)"
        if pairs.count < overexposed { range += " (the first \(pairs.count) are shown)" }
        let title = "\(choice.session.name): overexposed exposures \(options.order.text)"
        let subtitle =
            "\(choice.text); pairs \(range); page \(page + 1) of \(pageCount)"
        var text = [
            // This stands first: by it a page is recognised as one of this tool.
            ("Software", MontageFiles.software), ("Title", title), ("Description", subtitle),
            ("Session", choice.session.name), ("Analysis", "\(choice.analysisID)"), ("Criteria", choice.criteriaText),
            ("Published", choice.publication.text),
            ("Pairs", range), ("Page", "\(page + 1) of \(pageCount)"),
        ]
        if !incidents.isEmpty {
            text.append(("Incidents", incidents.map { "\($0.incident) \($0.cause.rawValue)" }.joined(separator: ", ")))
        }
        return MontagePage(title: title, subtitle: subtitle, layout: layout, text: text)
    }
}

extension IncidentRow {
    /// The heading above the incident's pairs.
    fileprivate var heading: String {
        var parts = ["incident \(incident): \(cause.rawValue)", time, counted(micrographs, "micrograph")]
        parts.append(preDoseEPerA2.map { "\($0.text(decimals: 1)) e/A^2 before" } ?? "dose before not known")
        parts.append("\(distanceUm.text(decimals: 3)) um")
        parts.append("hole \(foilHole)" + (gridSquare.map { ", square \($0)" } ?? ""))
        return parts.joined(separator: "   ")
    }
}
