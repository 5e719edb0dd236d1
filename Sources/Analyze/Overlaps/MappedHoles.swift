import EPUShared
import GRDB

/// The hole map of a session, and by how much it lies aside of the holes that were shot.
struct MappedHoles {
    private struct Hole {
        let square: Int64
        /// By the map, um.
        let place: Vector2
    }

    private var holes: [Int64: Hole] = [:]
    /// What was shot less what the map says, by square, um.
    private var differences: [Int64: [Vector2]] = [:]

    /// In a square: fewer may all be of one cluster that was shot at a wrong place.
    private static let fewestShot = 10

    init(_ session: SessionRow, _ db: Database) throws {
        for hole in try HolePositions(session.sessionID, db).holes {
            guard let square = hole.gridSquare, let place = hole.onMap else { continue }
            holes[hole.foilHole] = Hole(square: square, place: place)
        }
    }

    /// - Parameter centre: where a hole turned out to lie, um.
    mutating func add(_ centre: Vector2, of foilHole: Int64) {
        guard let hole = holes[foilHole] else { return }
        differences[hole.square, default: []].append(centre - hole.place)
    }

    /// By square, um: moved as the square's shot holes ask for, where these are few as the session's do.
    var aligned: [Int64: [Vector2]] {
        let ofSession = Self.median(differences.values.flatMap { $0 }) ?? .zero
        let ofSquare = differences.compactMapValues { $0.count >= Self.fewestShot ? Self.median($0) : nil }
        var map: [Int64: [Vector2]] = [:]
        // In the order of ids: what is sampled of the map must not differ from run to run.
        for (_, hole) in holes.sorted(by: { $0.key < $1.key }) {
            map[hole.square, default: []].append(hole.place + (ofSquare[hole.square] ?? ofSession))
        }
        return map
    }

    /// A few holes that were shot at a wrong place do not move it.
    private static func median(_ values: [Vector2]) -> Vector2? {
        values.isEmpty ? nil : Vector2(values.map(\.x).median, values.map(\.y).median)
    }
}
