import EPUCore
import Foundation

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
