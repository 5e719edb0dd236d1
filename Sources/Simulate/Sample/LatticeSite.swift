import EPUCore
import Foundation

/// A place of the foil's lattice, in steps along its two axes.
struct LatticeSite: Hashable, Sendable {
    var i: Int
    var j: Int

    static let zero = LatticeSite(i: 0, j: 0)

    var squaredLength: Int { i * i + j * j }
    /// The ring of the square spiral on which the site lies: 0 in the centre.
    var ring: Int { max(abs(i), abs(j)) }

    static func + (a: LatticeSite, b: LatticeSite) -> LatticeSite { LatticeSite(i: a.i + b.i, j: a.j + b.j) }
    static func - (a: LatticeSite, b: LatticeSite) -> LatticeSite { LatticeSite(i: a.i - b.i, j: a.j - b.j) }
}

/// The two axes of a foil's lattice on the stage, in um.
struct LatticeAxes: Sendable {
    let i: Vector2
    let j: Vector2

    init(i: Vector2, j: Vector2) { (self.i, self.j) = (i, j) }

    /// - Parameters:
    ///   - axesAngle: The angle from the first axis to the second, radians.
    ///   - shear: The difference of the second axis from that angle, radians.
    ///   - stretch: The part by which the second axis is longer.
    init(pitch: Double, angleDegrees: Double, axesAngle: Double = .pi / 2, shear: Double, stretch: Double) {
        let angle = angleDegrees * .pi / 180
        i = Vector2(pitch * cos(angle), pitch * sin(angle))
        let second = angle + axesAngle + shear
        j = Vector2(pitch * (1 + stretch) * cos(second), pitch * (1 + stretch) * sin(second))
    }

    func vector(_ site: LatticeSite) -> Vector2 { Double(site.i) * i + Double(site.j) * j }

    /// The corner of the lattice's cell that is nearest to a vector along the axes: on a square foil the nearest site of
    /// all, up to the slight shear; on a hexagonal one that site or a neighbour of it.
    func site(nearest vector: Vector2) -> LatticeSite {
        let determinant = i.x * j.y - i.y * j.x
        let u = (vector.x * j.y - vector.y * j.x) / determinant
        let v = (i.x * vector.y - i.y * vector.x) / determinant
        return LatticeSite(i: Int(u.rounded()), j: Int(v.rounded()))
    }
}

/// The order in which EPU numbers the holes that it finds: a square spiral from the centre, clockwise on the stage.
func squareSpiral(rings: Int) -> [LatticeSite] {
    let count = (2 * rings + 1) * (2 * rings + 1)
    var sites = [LatticeSite.zero]
    // Left, up, right, down, in lattice axes; each length is walked twice.
    let directions = [(-1, 0), (0, 1), (1, 0), (0, -1)]
    var here = LatticeSite.zero
    var turn = 0
    while sites.count < count {
        let (di, dj) = directions[turn % 4]
        for _ in 0...(turn / 2) where sites.count < count {
            here = here + LatticeSite(i: di, j: dj)
            sites.append(here)
        }
        turn += 1
    }
    return sites
}
