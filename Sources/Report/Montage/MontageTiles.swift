import EPUCore
import EPUDrawing

/// Makes the four tiles of a pair.
struct MontageTiles {
    private let loader: PreviewLoader
    private let holeImages: [Int64: HoleImageFinder]
    /// The pictures that were read last: pairs that follow each other share hole images.
    private var recent: [(path: String, picture: Result<GreyImage, PictureProblem>)] = []
    /// The number of pairs whose pictures are asked for at once: a disk on a network answers many questions in the time of one. Of
    /// large pictures one pair has enough to ask for, and more would only fill the memory.
    let pairsReadTogether: Int
    /// As many as the pictures of the pairs that are read together, and of one or two before these.
    var recentPictures: Int { 4 * pairsReadTogether + min(8, 4 * pairsReadTogether) }
    /// The bytes of pictures that are asked for at once, where one pair does not have more.
    private static let bytesReadTogether = 16_777_216.0

    /// - Parameter box: The size of the greatest picture in a tile, of which a pixel has one byte.
    init(loader: PreviewLoader, holeImages: [Int64: HoleImageFinder], box: (width: Double, height: Double)) {
        self.loader = loader
        self.holeImages = holeImages
        pairsReadTogether = Int(max(1, min(4, Self.bytesReadTogether / (4 * box.width * box.height))))
    }

    /// Reads the pictures of the next pairs, all at once.
    mutating func read(_ pairs: ArraySlice<MontagePair>) {
        var paths: [String] = []
        for pair in pairs {
            let exposures = [pair.earlier, pair.later]
            let images = exposures.map { holeImages[$0.sessionID]?.find(for: $0)?.image.imagePath }
            for path in (exposures.map(\.imagePath) + images).compactMap(\.self)
            where known(path) == nil && !paths.contains(where: { $0.hasSameBytes(as: path) }) {
                paths.append(path)
            }
        }
        let (asked, loader) = (paths, loader)
        let pictures = FileThreads.map(asked.count, threads: FileThreads.standard) { loader.load(asked[$0]) }
        for (path, picture) in zip(paths, pictures) { keep(path, picture) }
    }

    /// The tiles of a pair, in the order: earlier, later, hole image of the earlier, hole image of the later.
    mutating func tiles(of pair: MontagePair) -> [MontageTile] {
        [earlierTile(pair), laterTile(pair), holeTile(of: pair.earlier), holeTile(of: pair.later)]
    }

    private mutating func earlierTile(_ pair: MontagePair) -> MontageTile {
        let earlier = pair.earlier
        let square = earlier.gridSquare.map { "GridSquare_\($0), " } ?? ""
        return MontageTile(
            picture: picture(earlier.imagePath), name: earlier.name, time: earlier.time.microscopeText,
            note: "\(square)hole \(earlier.foilHole), area \(earlier.area)",
            overlay: MontageOverlay(on: earlier, other: pair.later, isPlaced: pair.isPlaced))
    }

    private mutating func laterTile(_ pair: MontagePair) -> MontageTile {
        let later = pair.later
        var note = ["\(pair.distanceMicrometres.text(decimals: 3)) um"]
        note.append(
            pair.fieldOverlap.map { "\((100 * $0).text(decimals: 0)) % of the field" } ?? "field share not known")
        note.append(pair.preDose.map { "\($0.text(decimals: 1)) e/A^2 before" } ?? "dose before not known")
        return MontageTile(
            picture: picture(later.imagePath), name: later.name,
            time: "\(later.time.microscopeText), \(Self.duration(pair.secondsBetween)) after the earlier",
            note: "\(pair.cause): " + note.joined(separator: ", "), noteStandsOut: true,
            mark: pair.review.map { "reviewed: \($0)" },
            overlay: MontageOverlay(on: later, other: pair.earlier, isPlaced: pair.isPlaced))
    }

    private mutating func holeTile(of exposure: MontageExposure) -> MontageTile {
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

    private mutating func picture(_ path: String?) -> Result<GreyImage, PictureProblem> {
        guard let path else { return .failure(PictureProblem("there is no JPG beside its XML")) }
        if let known = known(path) { return known }
        let picture = loader.load(path)
        keep(path, picture)
        return picture
    }

    private func known(_ path: String) -> Result<GreyImage, PictureProblem>? {
        recent.first { $0.path.hasSameBytes(as: path) }?.picture
    }

    private mutating func keep(_ path: String, _ picture: Result<GreyImage, PictureProblem>) {
        if recent.count == recentPictures { recent.removeFirst() }
        recent.append((path, picture))
    }

    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<100: "\(seconds.text(decimals: 0)) s"
        case ..<6000: "\((seconds / 60).text(decimals: 1)) min"
        default: "\((seconds / 3600).text(decimals: 1)) h"
        }
    }
}
