import EPUCore
import Foundation
import Testing

@testable import epu_report

@Suite("Foil lattice")
struct PlottedLatticeTests {
    @Test("The origin is the weighted mean of what the places say")
    func origin() throws {
        let lattice = try #require(PlottedLattice(a: Vector2(2, 0), b: Vector2(0.5, 3), isHexagonal: false))
        let origin = try #require(
            lattice.origin(fitting: [
                (Vector2(12.1, 10), LatticeSite(i: 1, j: 0), 3), (Vector2(10.5, 13.4), LatticeSite(i: 0, j: 1), 1),
            ]))
        #expect(origin.distance(to: Vector2(10.075, 10.1)) < 1e-12)
        #expect(lattice.origin(fitting: []) == nil)
        #expect(PlottedLattice(a: Vector2(1, 2), b: Vector2(2, 4), isHexagonal: false) == nil)
        #expect(abs(lattice.angleDegrees - atan2(3, 0.5) * 180 / .pi) < 1e-12)
    }

    @Test("Lines run along each row that has a site, half a step further, a hexagonal lattice's in three directions")
    func lines() throws {
        let sites = [LatticeSite(i: 0, j: 0), LatticeSite(i: 2, j: 0), LatticeSite(i: 0, j: 1)]
        let square = try #require(PlottedLattice(a: Vector2(1, 0), b: Vector2(0, 1), isHexagonal: false))
        let lines = square.lines(through: sites, origin: Vector2(10, 10))
        #expect(lines.count == 4)
        #expect(lines.contains([Vector2(9.5, 10), Vector2(12.5, 10)]))
        let hexagonal = try #require(
            PlottedLattice(a: Vector2(1, 0), b: Vector2(0.5, 0.75.squareRoot()), isHexagonal: true))
        let six = hexagonal.lines(through: sites, origin: .zero)
        #expect(six.count == 4 + 3)
        // All steps of a hexagonal lattice are equally long: here single sites have lines of one step.
        #expect(six.filter { abs($0[0].distance(to: $0[1]) - 1) < 1e-12 }.count >= 3)
    }
}
