import EPUArchive
import EPUCore
import GRDB

/// Tells whether two foil holes are one. EPU gives a hole another id in each new search for holes; the hole map then has both ids
/// in one place.
struct HoleIdentity {
    private struct Hole {
        let foilHole: Int64
        /// In the hole map, um.
        let position: Vector2
    }

    /// The holes of each session in the order of their ids: they are many, and few are asked for.
    private var holes: [Int64: [Hole]] = [:]

    /// The greatest distance of two ids of one hole, um: two searches find it in places that differ by a part of a um, and holes
    /// are at least 0.6 um apart.
    private static let tolerance = 0.25

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        for sessionID in sessionIDs {
            holes[sessionID] = try HolePositions(sessionID, db).holes.compactMap { hole in
                hole.onMap.map { Hole(foilHole: hole.foilHole, position: $0) }
            }
        }
    }

    func isSame(_ a: SessionExposure, _ b: SessionExposure) -> Bool {
        guard a.sessionID == b.sessionID else { return false }
        if a.foilHole == b.foilHole { return true }
        guard let first = position(of: a), let second = position(of: b) else { return false }
        return first.distance(to: second) <= Self.tolerance
    }

    /// The position of an exposure's hole in the hole map, um; nil: the map does not have it.
    private func position(of exposure: SessionExposure) -> Vector2? {
        guard let holes = holes[exposure.sessionID] else { return nil }
        var range = holes.startIndex..<holes.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if holes[middle].foilHole == exposure.foilHole { return holes[middle].position }
            range =
                holes[middle].foilHole < exposure.foilHole
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
