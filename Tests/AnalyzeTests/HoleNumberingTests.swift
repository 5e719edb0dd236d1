import EPUCore
import Testing

@testable import epu_analyze

@Suite("What hole ids tell")
struct HoleNumberingTests {
    @Test("The spiral's places are those of a walk: left, up, right, down, each length twice")
    func spiral() {
        var site = FoilLattice.Site(0, 0)
        var index = 0
        var seen: Set<FoilLattice.Site> = []
        let directions = [(-1, 0), (0, 1), (1, 0), (0, -1)]
        walk: for leg in 0... {
            let (di, dj) = directions[leg % 4]
            for _ in 0..<(leg / 2 + 1) {
                #expect(SquareSpiral.site(index) == site)
                #expect(seen.insert(site).inserted)
                site = FoilLattice.Site(site.i + di, site.j + dj)
                index += 1
                if index == 2000 { break walk }
            }
        }
        #expect(seen.count == 2000)
        #expect(SquareSpiral.site(-5) == FoilLattice.Site(0, 0))
    }

    /// A foil whose ids run along the spiral from its middle.
    private func numbered(_ foil: IdealFoil, from first: Int64) -> (problem: LatticeProblem, count: Int)? {
        let ids = Dictionary(uniqueKeysWithValues: (0..<4000).map { (SquareSpiral.site($0), first + Int64($0)) })
        let shots = foil.shots
        let centre = shots[shots.count / 2].site
        let exposures = zip(shots, foil.exposures(of: shots)).map { shot, exposure in
            SessionExposure(
                exposureID: exposure.exposureID, sessionID: 1, foilHole: ids[shot.site - centre] ?? 0, area: 1,
                stage: exposure.stage, beamShift: exposure.beamShift)
        }
        let visits = HoleVisits(exposures)
        return FoilLattice(visits).map { (LatticeProblem(visits, $0), shots.count) }
    }

    @Test("Successive ids from different stops are neighbours under the right matrix, and seldom under another")
    func hits() throws {
        let foil = IdealFoil(step: 3, reach: 1.5, holeError: 0.03)
        let problem = try #require(numbered(foil, from: 5_330_585)).problem
        let numbering = HoleNumbering(problem)
        #expect(numbering.pairs.count > 20)
        // All pairs by brute force: holes of successive ids, shot from different stops.
        let pairs = problem.hole.indices.flatMap { a in
            problem.hole.indices.filter {
                problem.hole[$0] == problem.hole[a] + 1 && problem.stop[$0] != problem.stop[a]
            }
            .map { [a, $0] }
        }
        #expect(Set(numbering.pairs.map { [$0.first, $0.second] }) == Set(pairs))
        let right = try #require(LatticeFit(problem, given: foil.matrix))
        #expect(numbering.hits(right, problem) == numbering.pairs.count)
        let turned = try #require(LatticeFit(problem, given: foil.matrix.changed(by: 1, degrees: 180)))
        #expect(2 * numbering.hits(turned, problem) < numbering.pairs.count)
    }

    @Test("Ids along the spiral give the matrix without any guess, mirrored or not", arguments: [true, false])
    func seed(isMirrored: Bool) throws {
        let foil = IdealFoil(matrix: Matrix2(scale: 26, angleDegrees: 70, isMirrored: isMirrored), holeError: 0.03)
        let seeds = SpiralSeed.all(try #require(numbered(foil, from: 9_015_800)).problem)
        #expect(try #require(seeds.first).matrix.agrees(with: foil.matrix))
    }

    @Test("Ids that follow no spiral give none")
    func noSeed() throws {
        let visits = IdealFoil(holeError: 0.03).visits
        let problem = LatticeProblem(visits, try #require(FoilLattice(visits)))
        #expect(SpiralSeed.all(problem).isEmpty)
    }
}
