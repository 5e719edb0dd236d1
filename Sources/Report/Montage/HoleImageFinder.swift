import EPUCore
import Foundation
import GRDB

/// An image at hole magnification.
struct HoleImage {
    let foilHole: Int64
    let name: String
    /// Nil where only the JPG exists: its name then tells the time.
    let acquiredAt: Timestamp?
    /// Stage read-back, um; nil where only the JPG exists.
    let stage: Vector2?
    /// Nil: the XML has no JPG.
    let imagePath: String?

    /// When it was taken, for a microscope whose clock is `utcOffsetMinutes` ahead of UTC.
    func instant(utcOffsetMinutes: Int?) -> Timestamp? {
        acquiredAt ?? timeOfName(name)?.adding(seconds: -60 * Double(utcOffsetMinutes ?? 0))
    }
}

/// Finds the hole image that shows where an exposure was taken.
///
/// The images of a session are kept in memory, by foil hole and by a grid of stage positions, so that finding one
/// costs the same whatever the session's size.
struct HoleImageFinder {
    /// What an exposure's hole looked like.
    struct Found {
        enum Source: Equatable {
            /// Of the exposure's foil hole.
            case own
            /// Of another hole, seen from the same stage stop: `micrometres` from the exposure's stage read-back.
            case borrowed(micrometres: Double)
        }

        let image: HoleImage
        let source: Source
    }

    /// Stage read-backs of one stop agree to some 0.01 um; before centring the stage is up to 1.5 um off. Foil holes
    /// are more than 1 um apart.
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

    init(_ db: Database, sessionID: Int64) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT h.foil_hole, h.name, h.acquired_at, h.stage_x_um, h.stage_y_um,
                       r.path || '/' || f.path AS image_path
                FROM hole_image h
                LEFT JOIN source_file f ON f.source_file_id = h.image_file_id
                LEFT JOIN session_root r ON r.session_root_id = f.session_root_id
                WHERE h.session_id = ?
                ORDER BY h.name
                """, arguments: [sessionID])
        self.init(
            rows.map { row in
                let x: Double? = row["stage_x_um"]
                let y: Double? = row["stage_y_um"]
                let acquiredAt: String? = row["acquired_at"]
                return HoleImage(
                    foilHole: row["foil_hole"], name: row["name"],
                    acquiredAt: acquiredAt.flatMap { Timestamp(archiveText: $0) },
                    stage: x.flatMap { x in y.map { Vector2(x, $0) } }, imagePath: row["image_path"])
            })
    }

    /// The exposure's own hole image: the latest before the exposure, else the first after it. Where its hole has none,
    /// as under AFIS all but the hole in a cluster's centre, that of its stage stop, by the same rule. An image
    /// without JPG is chosen last. Nil: there is none.
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
        // Candidates come in the order of their names, which decides between equal times.
        return before.max { $0.instant < $1.instant }?.image ?? times.min { $0.instant < $1.instant }?.image
    }

    private static func cell(of stage: Vector2) -> Cell? {
        guard let x = Int(exactly: (stage.x / stopMicrometres).rounded(.down)),
            let y = Int(exactly: (stage.y / stopMicrometres).rounded(.down)), abs(x) < 1 << 40, abs(y) < 1 << 40
        else { return nil }
        return Cell(x: x, y: y)
    }
}
