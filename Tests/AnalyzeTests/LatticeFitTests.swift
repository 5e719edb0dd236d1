import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("One lattice for all stage stops")
struct LatticeFitTests {
    private func problem(_ foil: IdealFoil) throws -> LatticeProblem {
        let visits = foil.visits
        return LatticeProblem(visits, try #require(FoilLattice(visits)))
    }

    /// What holds the problem near its start, where stops are few, leaves 1e-4 of the way.
    private func expectExact(_ foil: IdealFoil) throws {
        let problem = try problem(foil)
        for (factor, degrees) in [(1.04, 3.0), (1.04, -3), (0.96, 3), (0.96, -3)] {
            let fit = try #require(LatticeFit(problem, from: foil.matrix.changed(by: factor, degrees: degrees)))
            #expect(fit.matrix.difference(from: foil.matrix) < 1e-5)
            #expect(fit.residual(problem) < 1e-4)
            #expect(fit.stopResidual(problem) < 1e-4)
            #expect(abs(fit.pitch(problem) / foil.pitch - 1) < 1e-5)
            let again = try #require(LatticeFit(problem, from: fit.matrix))
            #expect(again.matrix.difference(from: foil.matrix) < 1e-9)
        }
    }

    @Test(
        "From a matrix 4 % and 3 degrees off, exact data lead to the exact one",
        arguments: [FoilLattice.Kind.square, .hexagonal])
    func exact(kind: FoilLattice.Kind) throws {
        try expectExact(IdealFoil(kind: kind, step: 3, reach: 1.5))
    }

    @Test(
        "The same where stops are five pitches apart",
        arguments: [FoilLattice.Kind.square, .hexagonal])
    func exactFarApart(kind: FoilLattice.Kind) throws {
        try expectExact(IdealFoil(kind: kind, step: 5, reach: 2.1))
    }

    @Test("Each hole gets the site that it lies on, up to a shift and a symmetry; none shares it with another's")
    func sites() throws {
        let foil = IdealFoil(holeError: 0.03)
        let problem = try problem(foil)
        let fit = try #require(LatticeFit(problem, from: foil.matrix.changed(by: 1.03, degrees: 2)))
        let occupancy = fit.occupancy(problem)
        let shots = foil.shots
        #expect((occupancy.holes, occupancy.sites, occupancy.collisions) == (shots.count, shots.count, 0))
        let steps = try #require(foil.vectors.inverse) * problem.lattice.vectors
        for (index, shot) in zip(problem.visits, shots) {
            let found = steps * (fit.sites[index] - fit.sites[0]).vector
            #expect(found.distance(to: (shot.site - shots[0].site).vector) < 0.3)
        }
        // Of independent normal errors in x and y.
        #expect(abs(fit.residual(problem) / (0.03 * 2.0.squareRoot()) - 1) < 0.2)
        #expect(problem.hole.indices.allSatisfy { fit.isOnLattice($0, pitch: foil.pitch) })
    }

    @Test("Two stops on the same holes collide; a hole that is shot again does not collide with itself")
    func collisions() throws {
        let foil = IdealFoil(stopsAside: 3)
        let exposures = foil.exposures
        let last = exposures.filter { $0.stage == exposures[0].stage }
        func again(_ idStep: Int64) -> [SessionExposure] {
            last.map {
                SessionExposure(
                    exposureID: $0.exposureID + 10_000, sessionID: 1, foilHole: $0.foilHole + idStep, area: 1,
                    stage: $0.stage, beamShift: $0.beamShift)
            }
        }
        for (step, expected) in [(Int64(0), 0), (500_000, last.count)] {
            let visits = HoleVisits(exposures + again(step))
            let problem = LatticeProblem(visits, try #require(FoilLattice(visits)))
            let occupancy = try #require(LatticeFit(problem, given: foil.matrix)).occupancy(problem)
            #expect(occupancy.collisions == expected)
            #expect(occupancy.sites == exposures.count)
        }
    }

    @Test("A matrix that is nothing to the foil leaves the stops anywhere in the cell: 0.4 of the pitch")
    func chance() throws {
        let foil = IdealFoil(stopsAside: 7, stageError: 0.4)
        let problem = try problem(foil)
        let fit = try #require(LatticeFit(problem, given: Matrix2(scale: 31.7, angleDegrees: 200, isMirrored: false)))
        #expect((0.28...0.45).contains(fit.stopResidual(problem)))
        let right = try #require(LatticeFit(problem, given: foil.matrix))
        #expect(right.stopResidual(problem) < 1e-6)
    }

    @Test(
        "The uncertainty is what 30 sessions with other errors scatter by, to a factor of 1.5",
        arguments: [FoilLattice.Kind.square, .hexagonal])
    func uncertainty(kind: FoilLattice.Kind) throws {
        var errors: [Double] = []
        var claims: [Double] = []
        var elements: [Matrix2] = []
        var claimedElements: [Matrix2] = []
        for seed in 1...30 as ClosedRange<UInt64> {
            let foil = IdealFoil(kind: kind, reach: 1.5, holeError: 0.03, seed: seed)
            let problem = try problem(foil)
            let fit = try #require(LatticeFit(problem, from: foil.matrix))
            let claim = fit.uncertainty(problem, resamples: 60)
            let error = fit.matrix - foil.matrix
            errors.append((error * (try #require(foil.matrix.inverse))).squaredElements / 2)
            claims.append(claim.relative)
            elements.append(error)
            claimedElements.append(claim.elements)
        }
        let actual = (errors.reduce(0, +) / 30).squareRoot()
        let claimed = claims.reduce(0, +) / 30
        #expect((actual / 1.5...actual * 1.5).contains(claimed), "\(claimed) for \(actual)")
        for element in [\Matrix2.m11, \.m12, \.m21, \.m22] as [KeyPath<Matrix2, Double>] {
            let actual = (elements.reduce(0) { $0 + $1[keyPath: element] * $1[keyPath: element] } / 30).squareRoot()
            let claimed = claimedElements.reduce(0) { $0 + $1[keyPath: element] } / 30
            #expect((actual / 1.8...actual * 1.8).contains(claimed), "\(claimed) for \(actual)")
        }
    }
}
