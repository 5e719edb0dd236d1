import EPUCore
import Foundation

/// Finds the hole image that shows where an exposure was taken.
///
/// The images of a session are kept in memory, by foil hole and by a grid of stage positions, so that the time of one search does
/// not depend on the session's size.
struct HoleImageFinder {
    /// The hole image that was found for an exposure, and what it shows.
    struct Found {
        enum Source: Equatable {
            /// The image shows the exposure's foil hole.
            case own
            /// The image shows another hole, seen from the same stage stop: `micrometres` from the exposure's stage read-back.
            case borrowed(micrometres: Double)
        }

        let image: HoleImage
        let source: Source
    }

    /// The distance of two read-backs within which they are taken for one stop, um. Read-backs of one stop agree to some 0.01 um;
    /// before centring the stage is up to 1.5 um off. Foil holes are more than 1 um apart.
    static let stopMicrometres = 1.0

    private struct Cell: Hashable {
        let x: Int
        let y: Int
    }

    private let images: [HoleImage]
    private var byHole: [Int64: [Int]] = [:]
    private var byCell: [Cell: [Int]] = [:]

    init(_ images: [HoleImage]) {
        self.images = images
        for (index, image) in images.enumerated() {
            byHole[image.foilHole, default: []].append(index)
            if let stage = image.stage, let cell = Self.cell(of: stage) { byCell[cell, default: []].append(index) }
        }
    }

    /// The exposure's own hole image: the latest before the exposure, else the first after it. If its hole has none, as under
    /// AFIS all but the hole in a cluster's centre, the image of its stage stop, by the same rule. An image without JPG is chosen
    /// last. Nil if there is none.
    func find(for exposure: MontageExposure) -> Found? {
        let own = best(of: (byHole[exposure.foilHole] ?? []).map { images[$0] }, for: exposure)
        if let own, own.imagePath != nil { return Found(image: own, source: .own) }
        let atStop = best(of: imagesOfStop(at: exposure.stage), for: exposure)
        if let atStop, let stage = atStop.stage, own == nil || atStop.imagePath != nil {
            return Found(image: atStop, source: .borrowed(micrometres: stage.distance(to: exposure.stage)))
        }
        return own.map { Found(image: $0, source: .own) }
    }

    private func imagesOfStop(at stage: Vector2) -> [HoleImage] {
        guard let center = Self.cell(of: stage) else { return [] }
        let around = (-1...1).flatMap { y in (-1...1).map { x in Cell(x: center.x + x, y: center.y + y) } }
        return around.flatMap { byCell[$0] ?? [] }.sorted().map { images[$0] }
            .filter { $0.stage.map { $0.distance(to: stage) <= Self.stopMicrometres } ?? false }
    }

    private func best(of candidates: [HoleImage], for exposure: MontageExposure) -> HoleImage? {
        let withPicture = candidates.filter { $0.imagePath != nil }
        let times = (withPicture.isEmpty ? candidates : withPicture).compactMap { image in
            image.instant(utcOffsetMinutes: exposure.time.utcOffsetMinutes).map { (image: image, instant: $0) }
        }
        let before = times.filter { $0.instant <= exposure.time.instant }
        // The candidates are in the order of their names, which decides between equal times.
        return before.max { $0.instant < $1.instant }?.image ?? times.min { $0.instant < $1.instant }?.image
    }

    private static func cell(of stage: Vector2) -> Cell? {
        guard let x = Int(exactly: (stage.x / stopMicrometres).rounded(.down)),
            let y = Int(exactly: (stage.y / stopMicrometres).rounded(.down)), abs(x) < 1 << 40, abs(y) < 1 << 40
        else { return nil }
        return Cell(x: x, y: y)
    }
}
