import EPUCore
import TestSupport
import Testing

@testable import epu_analyze

@Suite("Numbers of optics groups")
struct OpticsNumberingTests {
    private static let optics = Optics(
        Condition(probeMode: "NanoProbe", tiltDegrees: 0), highTension: 300, pixelSize: 0.83)
    private static let pitch = 0.1

    /// A site at a node of a square lattice, whose exposures were taken at the times of their ids.
    private func site(_ i: Int, _ j: Int, _ ids: [Int64], optics: Optics = Self.optics) -> OpticsSite {
        OpticsSite(
            optics: optics, center: Vector2(Self.pitch * Double(i), Self.pitch * Double(j)), node: .init(i, j),
            exposures: ids.map { ($0, Timestamp(ticks: $0)) })
    }

    private func number(_ sites: [OpticsSite], after earlier: OpticsNumbering? = nil, _ numbers: [Int64: Int] = [:])
        -> OpticsNumbering
    {
        OpticsNumbering(sites, known: earlier?.groups ?? [], numbers: numbers, pitch: { _ in Self.pitch })
    }

    @Test("They run from 1 in the order of first acquisition, whatever the order of the sites")
    func order() {
        let sites = [site(0, 0, [5, 6]), site(1, 0, [1, 9]), site(0, 1, [3])]
        for sites in [sites, sites.reversed()] {
            let result = number(sites)
            #expect(result.added == [1: 1, 9: 1, 3: 2, 5: 3, 6: 3])
            #expect(result.groups.map(\.number) == [1, 2, 3])
            #expect(result.groups.map(\.node) == [.init(1, 0), .init(0, 1), .init(0, 0)])
        }
    }

    @Test("What comes later joins the group of its position or gets the next number, even where it was acquired before")
    func growth() {
        let first = number([site(0, 0, [10, 11]), site(1, 0, [20])])
        let later = number(
            [site(0, 0, [10, 11, 30]), site(1, 0, [20]), site(2, 0, [1, 40])], after: first, first.added)
        #expect(later.added == [30: 1, 1: 3, 40: 3])
        #expect(later.groups.map(\.number) == [1, 2, 3])
    }

    @Test("A lattice whose axes get other names changes no number, but where each group lies is said again")
    func renamed() {
        let first = number([site(0, 0, [1, 2]), site(1, 0, [3, 4]), site(0, 1, [5, 6])])
        let turned = number(
            [site(0, 0, [1, 2]), site(0, 1, [3, 4, 7]), site(-1, 0, [5, 6, 8])], after: first, first.added)
        #expect(turned.added == [7: 2, 8: 3])
        #expect(turned.groups.map(\.node) == [.init(0, 0), .init(0, 1), .init(-1, 0)])
    }

    @Test("Where a coarse site turns out to be several, one of them keeps its group and the others get new ones")
    func divided() {
        let coarse = number([site(0, 0, Array(1...10))])
        let fine = number(
            [site(0, 0, [1, 2, 3, 11]), site(1, 0, [4, 5, 6, 7, 12]), site(0, 1, [8, 9, 10])], after: coarse,
            coarse.added)
        #expect(fine.added == [12: 1, 11: 2], "an exposure that has a group keeps it")
    }

    @Test("Where two sites turn out to be one, it goes on with the group that has more exposures")
    func joined() {
        let fine = number([site(0, 0, [1, 2]), site(1, 0, [3, 4, 5])])
        let coarse = number([site(0, 0, [1, 2, 3, 4, 5, 6])], after: fine, fine.added)
        #expect(coarse.added == [6: 2])
    }

    @Test(
        "A cluster of beam shifts that lost its exposures is found again by where it lay, and by nothing farther away")
    func emptyCluster() {
        func cluster(_ x: Double, _ ids: [Int64]) -> OpticsSite {
            OpticsSite(
                optics: Self.optics, center: Vector2(x, 0), node: nil, tolerance: 0.08,
                exposures: ids.map { ($0, Timestamp(ticks: $0)) })
        }
        let first = number([cluster(0, [1]), cluster(0.3, [2])])
        #expect(first.groups.map(\.tolerance) == [0.08, 0.08])
        let later = number([cluster(0.32, [3]), cluster(0.15, [4])], after: first)
        #expect(later.added == [3: 2, 4: 3])
    }

    @Test("Exposures that differ in pixel size, voltage or probe mode are of different groups")
    func optics() {
        let condition = Condition(probeMode: "NanoProbe", tiltDegrees: 0)
        let all = [
            Self.optics, Optics(condition, highTension: 200, pixelSize: 0.83),
            Optics(condition, highTension: 300, pixelSize: 0.66), Optics(condition, highTension: 300, pixelSize: nil),
            Optics(Condition(probeMode: "MicroProbe", tiltDegrees: 0), highTension: 300, pixelSize: 0.83),
            Optics(Condition(probeMode: "NanoProbe", tiltDegrees: 30), highTension: 300, pixelSize: 0.83),
        ]
        let result = number(all.enumerated().map { site(0, 0, [Int64($0 + 1)], optics: $1) })
        #expect(result.groups.map(\.optics) == all)
        #expect(Optics(condition, highTension: 300.000_000_001, pixelSize: 0.830_000_000_1) == Self.optics)
    }

    @Test("A group whose exposures are gone is that of its position, and is not given to another")
    func emptied() {
        let first = number([site(0, 0, [1, 2]), site(1, 0, [3])])
        // The exposures were read again, with other ids; the second position is new.
        let again = number(
            [site(0, 0, [1, 2]), site(1, 1, [11]), site(1, 0, [12])], after: first, [1: 1, 2: 1])
        #expect(again.added == [12: 2, 11: 3])
        let elsewhere = number(
            [
                site(0, 0, [1, 2]),
                site(1, 0, [12], optics: Optics(Self.optics.condition, highTension: 200, pixelSize: 1)),
            ],
            after: first, [1: 1, 2: 1])
        #expect(elsewhere.added == [12: 3])
    }
}
