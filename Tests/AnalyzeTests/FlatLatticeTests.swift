import EPUCore
import Foundation
import Testing

@testable import epu_analyze

/// What is calculated in another way for speed gives what the plain way gives.
@Suite("Quick ways of the lattice fit")
struct FlatLatticeTests {
    @Test("Rounding is that of the standard library, for ties and for numbers beyond all fractions, too")
    func rounding() {
        let edges = [
            0, 0.5, 1.5, 2.5, 0.5.nextDown, 0.5.nextUp, 1e-300, 0x1p51 + 0.5, 0x1p52 - 0.5, 0x1p52 + 1, 0x1p53 + 2,
            1e300, .infinity,
        ]
        for value in edges + edges.map({ -$0 }) { #expect(FoilLattice.rounded(value) == value.rounded()) }
        #expect(FoilLattice.rounded(Double.nan).isNaN)
        var random = RandomSource(seed: 3, stream: "rounding")
        for _ in 0..<10_000 {
            let value = random.uniform(-1000, 1000)
            #expect(FoilLattice.rounded(value) == value.rounded())
        }
    }

    @Test("The sums of a stop are those of its holes to the last bit")
    func stopSums() {
        var random = RandomSource(seed: 5, stream: "sums")
        let stage = Vector2(random.uniform(-20, 20), random.uniform(-20, 20))
        var (plain, quick) = (LatticeSums(), StopSums(stage: stage))
        for _ in 0..<29 {
            let site = Vector2(random.uniform(-9, 9).rounded(), random.uniform(-9, 9).rounded())
            let shift = Vector2(random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3))
            plain.add(site: site, stage: stage, beamShift: shift)
            quick.add(site: site, beamShift: shift)
        }
        let sums = LatticeSums(quick)
        #expect(sums.weight == plain.weight && sums.z == plain.z && sums.h == plain.h)
        #expect(sums.zz.0 == plain.zz.0 && sums.zz.1 == plain.zz.1)
        #expect(sums.zz.2 == plain.zz.2 && sums.zz.3 == plain.zz.3)
        #expect(sums.zhx == plain.zhx && sums.zhy == plain.zhy)
    }

    @Test("Steps of the hole map that are too long, too short or beside sites do not count; nor do too few")
    func mapSteps() throws {
        let vectors = Matrix2(2.4, -0.7, 0.6, 2.5)
        var random = RandomSource(seed: 8, stream: "map")
        let holes = (0..<36).map { index in
            vectors * Vector2(Double(index % 6), Double(index / 6))
                + 0.02 * Vector2(random.plainNormal(), random.plainNormal())
        }
        let astray = holes + [holes[7] + vectors * Vector2(0.5, 0.5)]
        let found = try #require(MapSteps([astray, holes]).fitted(vectors, from: 0.75, to: 12))
        // The same as a fit to the list of steps.
        let steps = [astray, holes].flatMap { square in
            square.indices.flatMap { a in square[..<a].map { square[a] - $0 } }
        }
        let near = steps.filter { $0.length > 0.75 && $0.length < 12 }
        #expect(found == FoilLattice.fitted(vectors, to: near))
        #expect(found.difference(from: vectors) < 0.01)
        #expect(MapSteps([Array(holes.prefix(4))]).fitted(vectors, from: 0.75, to: 12) == nil)
        #expect(MapSteps([]).fitted(vectors, from: 0.75, to: 12) == nil)
    }

    @Test("Sites have numbers in the order of their first holes, in each square of their own")
    func siteOccupants() throws {
        let foil = IdealFoil(holeError: 0.03)
        let visits = foil.visits
        let problem = LatticeProblem(visits, try #require(FoilLattice(visits)))
        // Under a matrix that is far too great stops lie on each other.
        let fit = try #require(LatticeFit(problem, given: foil.matrix.changed(by: 5, degrees: 0)))
        let sites = SiteOccupants(problem, fit, problem.stop.indices)
        #expect(sites.first.count < problem.stop.count)
        for index in problem.stop.indices {
            let same = problem.stop.indices.first {
                problem.patch[$0] == problem.patch[index] && fit.sites[$0] == fit.sites[index]
            }
            #expect(sites.first[Int(sites.number[index])] == same)
        }
        #expect(sites.first == sites.first.sorted())
        // Each stop that has half of its holes on others' sites meets them.
        let meets = SiteOccupants.meetingOthers(
            problem, fit, isOnLattice: problem.stop.map { _ in true })
        for stop in 0..<problem.stops {
            let own = problem.stop.indices.filter { problem.stop[$0] == stop }
            let met = own.count { index in
                problem.stop.indices.contains {
                    sites.number[$0] == sites.number[index] && problem.stop[$0] != stop
                        && problem.hole[$0] != problem.hole[index]
                }
            }
            #expect(meets[stop] == (2 * met >= own.count))
        }
        #expect(meets.contains(true))
    }

    /// Shots of the ideal foil, of which many are repeated: in other holes at the same stop, from other stops, or both.
    @Test("A site tells the same whether few or many visits lie on it", arguments: 1...6 as ClosedRange<UInt64>)
    func repeatedSites(seed: UInt64) throws {
        let foil = IdealFoil(holeError: 0.03)
        var random = RandomSource(seed: seed, stream: "sites")
        let shots = foil.shots
        let some = shots.filter { _ in random.uniform(0, 1) < 0.4 }
        var exposures: [SessionExposure] = []
        for shot in shots {
            let others = some.filter { abs($0.site.i - shot.site.i) + abs($0.site.j - shot.site.j) <= 2 }
            for time in 0...(random.uniform(0, 1) < 0.3 ? 12 : 0) {
                let from =
                    time == 0
                    ? shot : others.isEmpty ? shot : others[Int(random.uniform(0, 0.999) * Double(others.count))]
                // A stop is what lies together in time.
                exposures.append(
                    SessionExposure(
                        exposureID: Int64(exposures.count), sessionID: 1,
                        foilHole: random.uniform(0, 1) < 0.5 ? shot.hole : from.hole,
                        area: 1, stage: from.stage,
                        beamShift: (foil.matrix.inverse ?? .identity) * (shot.place - from.stage)))
            }
        }
        let visits = HoleVisits(exposures)
        let problem = LatticeProblem(visits, try #require(FoilLattice(foil.visits)))
        let fit = try #require(LatticeFit(problem, given: foil.matrix))
        let sites = SiteOccupants(problem, fit, problem.stop.indices)
        let meets = SiteOccupants.meetingOthers(problem, fit, isOnLattice: problem.stop.map { _ in true })
        var (all, met) = ([Int](repeating: 0, count: problem.stops), [Int](repeating: 0, count: problem.stops))
        for index in problem.stop.indices {
            all[problem.stop[index]] += 1
            let hasOther = problem.stop.indices.contains {
                sites.number[$0] == sites.number[index] && problem.stop[$0] != problem.stop[index]
                    && problem.hole[$0] != problem.hole[index]
            }
            if hasOther { met[problem.stop[index]] += 1 }
        }
        #expect(meets == zip(all, met).map { 2 * $1 >= $0 })
        #expect(met.contains { $0 > 0 } && meets.contains(false))
    }

    @Test(
        "A hole that was repeated a hundred thousand times takes no longer than as many holes", .timeLimit(.minutes(1)))
    func manyOnOneSite() throws {
        let foil = IdealFoil()
        let exposures = (0..<100_000).map { index in
            SessionExposure(
                exposureID: Int64(index), sessionID: 1, foilHole: 1, area: 1, stage: Vector2(Double(index % 2), 0),
                beamShift: (foil.matrix.inverse ?? .identity) * Vector2(-Double(index % 2), 0))
        }
        let problem = LatticeProblem(HoleVisits(exposures), try #require(FoilLattice(foil.visits)))
        let fit = try #require(LatticeFit(problem, given: foil.matrix))
        #expect(problem.stops == 100_000)
        let meets = SiteOccupants.meetingOthers(problem, fit, isOnLattice: problem.stop.map { _ in true })
        #expect(!meets.contains(true))
    }

    @Test("A peak of the periodogram stands where all stops agree, with a height of 1")
    func periodogram() throws {
        let frequency = Vector2(0.3, -0.2)
        var random = RandomSource(seed: 2, stream: "periodogram")
        let stops = (0..<40).map { index -> Periodogram.Stop in
            let stage = Vector2(random.uniform(-30, 30), random.uniform(-30, 30))
            let phase = -2 * Double.pi * frequency.dot(stage)
            // The patches are shifted against each other, the second phases have no order.
            return Periodogram.Stop(
                patch: index / 20, stage: stage,
                phases: (phase + (index < 20 ? 0 : 1), random.uniform(-3, 3)))
        }
        for longest in [0.5, 0.503, 0.506, 0.509] {
            let grid = Periodogram(stops, patches: 2, longest: longest, step: 1 / 240)
            let peak = try #require(grid.peaks(row: 0, lengths: 0.1...longest, 60).first)
            #expect(peak.frequency.distance(to: frequency) < 1 / 200)
            #expect(peak.height > 0.9 && peak.height < 1.001)
            // No other one is as high, and the row without order has none.
            #expect((grid.peaks(row: 0, lengths: 0.1...longest, 60).dropFirst().first?.height ?? 0) < 0.8)
            #expect((grid.peaks(row: 1, lengths: 0.1...longest, 60).first?.height ?? 0) < 0.8)
        }
    }
}
