/// A site of the foil's lattice, in steps along its two vectors.
public struct LatticeSite: Hashable, Sendable {
    public var i: Int
    public var j: Int

    public init(i: Int, j: Int) { (self.i, self.j) = (i, j) }

    public static let zero = LatticeSite(i: 0, j: 0)

    public var squaredLength: Int { i * i + j * j }

    public static func + (a: LatticeSite, b: LatticeSite) -> LatticeSite { LatticeSite(i: a.i + b.i, j: a.j + b.j) }
    public static func - (a: LatticeSite, b: LatticeSite) -> LatticeSite { LatticeSite(i: a.i - b.i, j: a.j - b.j) }
}
