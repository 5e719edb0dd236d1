import EPUShared
import Foundation
import GRDB

/// The montage of one session: its overexposed exposures, each beside the earlier one and both hole images.
struct Montage {
    struct Options {
        /// Where the folder of each session is made.
        var folder: String
        var prefix: String
        /// Pairs shown of a session; nil: all.
        var limit: Int?
        var pairsPerPage: Int
        /// Nil: the greatest that makes a picture at most 512 pixels long.
        var scale: JPEGDecoder.Scale?
    }

    struct Outcome: Codable, Equatable {
        let session: String
        let analysisID: Int64
        let overexposed: Int
        let shown: Int
        let files: [String]
    }

    private let choice: AnalysisChoice
    private let options: Options
    private let loader: PreviewLoader
    private let overexposed: Int
    private let pairs: [MontagePair]
    /// By session: the earlier exposure may belong to another one on the same grid.
    private let holeImages: [Int64: HoleImageFinder]

    init(_ db: Database, of choice: AnalysisChoice, options: Options) throws {
        self.choice = choice
        self.options = options
        loader = PreviewLoader(scale: options.scale)
        overexposed = try MontagePair.count(db, of: choice)
        pairs = try MontagePair.fetch(db, of: choice, limit: options.limit)
        let sessions = Set(pairs.flatMap { [$0.earlier.sessionID, $0.later.sessionID] })
        holeImages = try Dictionary(uniqueKeysWithValues: sessions.map { ($0, try HoleImageFinder(db, sessionID: $0)) })
    }

    /// Writes the pages, and then removes those that an earlier, longer run left behind them. Without a pair nothing
    /// is written or removed.
    /// - Parameter advance: called after each pair.
    func write(advance: () -> Void = {}) throws -> Outcome {
        let pages = MontageFiles(folder: folder, prefix: options.prefix)
        let layout = MontageLayout(picture: firstPicture)
        var files: [String] = []
        for start in stride(from: 0, to: pairs.count, by: options.pairsPerPage) {
            let shown = start..<min(start + options.pairsPerPage, pairs.count)
            let path = pages.path(page: files.count + 1)
            try page(files.count + 1, showing: shown, layout: layout).write(to: path, pairs: shown) { index in
                defer { advance() }
                return MontagePage.Line(number: index + 1, tiles: tiles(of: pairs[index]))
            }
            files.append(path)
        }
        try pages.removeOlder(after: files.count)
        return Outcome(
            session: choice.session.name, analysisID: choice.analysisID, overexposed: overexposed, shown: pairs.count,
            files: files)
    }

    var pairsToShow: Int { pairs.count }

    private var folder: String { (options.folder as NSString).appendingPathComponent(choice.session.folderName) }

    /// The size of the tiles: that of the first picture there is, else of a K3 preview.
    private var firstPicture: (width: Int, height: Int) {
        for pair in pairs {
            for path in [pair.earlier.imagePath, pair.later.imagePath] {
                // A strip is no micrograph's shape: it would make slits of all tiles.
                if let path, let size = loader.size(path),
                    max(size.width, size.height) <= 4 * min(size.width, size.height)
                {
                    return size
                }
            }
        }
        return (512, 364)
    }

    private func page(_ number: Int, showing shown: Range<Int>, layout: MontageLayout) -> MontagePage {
        let pageCount = (pairs.count + options.pairsPerPage - 1) / options.pairsPerPage
        var range = "pairs \(shown.lowerBound + 1) to \(shown.upperBound) of \(overexposed)"
        if pairs.count < overexposed { range += " (the first \(pairs.count) are shown)" }
        let title = "\(choice.session.name): overexposed exposures"
        let subtitle =
            "analysis \(choice.analysisID), \(choice.criteria.text); \(range); page \(number) of \(pageCount)"
        return MontagePage(
            title: title, subtitle: subtitle, layout: layout,
            text: [
                ("Title", title), ("Description", subtitle), ("Software", MontageFiles.software),
                ("Session", choice.session.name), ("Analysis", "\(choice.analysisID)"),
            ])
    }
}

// MARK: - Tiles

extension Montage {
    private func tiles(of pair: MontagePair) -> [MontageTile] {
        [
            exposureTile(pair.earlier, note: Self.place(of: pair.earlier)), laterTile(pair), holeTile(of: pair.earlier),
            holeTile(of: pair.later),
        ]
    }

    private func exposureTile(_ exposure: MontageExposure, note: String) -> MontageTile {
        MontageTile(
            picture: picture(exposure.imagePath), name: exposure.name, time: exposure.time.microscopeText, note: note)
    }

    private func laterTile(_ pair: MontagePair) -> MontageTile {
        let distance = pair.distanceMicrometres.text(decimals: 3)
        let since = Self.duration(pair.secondsBetween)
        var tile = exposureTile(pair.later, note: "\(distance) um from the earlier, \(since) after it: \(pair.cause)")
        tile.noteStandsOut = true
        if let review = pair.review { tile.mark = "reviewed: \(review)" }
        return tile
    }

    private func holeTile(of exposure: MontageExposure) -> MontageTile {
        guard let found = holeImages[exposure.sessionID]?.find(for: exposure) else {
            return MontageTile(
                picture: .failure(PictureProblem("no image of this foil hole or of its stage stop")),
                name: "FoilHole_\(exposure.foilHole)", time: "", note: "")
        }
        let instant = found.image.instant(utcOffsetMinutes: exposure.time.utcOffsetMinutes)
        var time = "time unknown"
        if let instant {
            let seconds = exposure.time.instant.seconds(since: instant)
            time = LocalTime(instant: instant, utcOffsetMinutes: exposure.time.utcOffsetMinutes).microscopeText
            time += ", \(Self.duration(abs(seconds))) \(seconds >= 0 ? "before" : "AFTER") the exposure"
        }
        var tile = MontageTile(
            picture: picture(found.image.imagePath), name: found.image.name, time: time,
            note: "of the exposure's own hole")
        if case .borrowed(let micrometres) = found.source {
            tile.mark = "borrowed: FoilHole_\(found.image.foilHole) (hole of the stage stop)"
            tile.note = "stage \(micrometres.text(decimals: 3)) um from the exposure's; its own hole has no image"
        }
        return tile
    }

    private func picture(_ path: String?) -> Result<GreyImage, PictureProblem> {
        guard let path else { return .failure(PictureProblem("there is no JPG beside its XML")) }
        return loader.load(path)
    }

    private static func place(of exposure: MontageExposure) -> String {
        let square = exposure.gridSquare.map { "GridSquare_\($0), " } ?? ""
        return "\(square)hole \(exposure.foilHole), area \(exposure.area)"
    }

    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<100: "\(seconds.text(decimals: 0)) s"
        case ..<6000: "\((seconds / 60).text(decimals: 1)) min"
        default: "\((seconds / 3600).text(decimals: 1)) h"
        }
    }
}
