import EPUArchive
import EPUCore
import GRDB

/// Tells whether two foil holes are one. EPU gives a hole another id in each new search for holes; the hole map then has both ids
/// in one place.
struct HoleIdentity {
    private struct Key: Hashable {
        let sessionID: Int64
        let foilHole: Int64
    }

    /// The positions of holes in the hole maps, um.
    private var positions: [Key: Vector2] = [:]

    /// The greatest distance of two ids of one hole, um: two searches find it in places that differ by a part of a um, and holes
    /// are at least 0.6 um apart.
    private static let tolerance = 0.25

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        for sessionID in sessionIDs {
            for hole in try HolePositions(sessionID, db).holes {
                positions[Key(sessionID: sessionID, foilHole: hole.foilHole)] = hole.onMap
            }
        }
    }

    func isSame(_ a: SessionExposure, _ b: SessionExposure) -> Bool {
        guard a.sessionID == b.sessionID else { return false }
        if a.foilHole == b.foilHole { return true }
        guard let first = positions[Key(sessionID: a.sessionID, foilHole: a.foilHole)],
            let second = positions[Key(sessionID: b.sessionID, foilHole: b.foilHole)]
        else { return false }
        return first.distance(to: second) <= Self.tolerance
    }
}
