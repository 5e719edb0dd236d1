import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("The foil's lattice in beam shift")
struct FoilLatticeTests {
    static let angles = [-80.0, -44, -15, 0, 14.8, 29, 46, 71]

    /// The found vectors are the true ones up to one of the foil's symmetries: an integer matrix of determinant 1 or -1.
    private func expect(_ lattice: FoilLattice, is foil: IdealFoil, within tolerance: Double) throws {
        let steps = try #require(foil.vectors.inverse) * lattice.vectors
        let whole = steps.elements.map { $0.rounded() }
        for (step, integer) in zip(steps.elements, whole) { #expect(abs(step - integer) < tolerance) }
        #expect(abs(abs(whole[0] * whole[3] - whole[1] * whole[2]) - 1) < 1e-9)
        #expect(lattice.kind == foil.kind)
        #expect(abs(lattice.pitch * foil.matrix.scale / foil.pitch - 1) < tolerance)
        #expect(abs(lattice.scale(pitch: foil.pitch) / foil.matrix.scale - 1) < tolerance)
    }

    /// Anticlockwise, at the angle of the kind, the first vector as near to x as the lattice has one.
    private func expectCanonical(_ lattice: FoilLattice) {
        let (first, second) = (lattice.vectors.firstColumn, lattice.vectors.secondColumn)
        let turn = lattice.kind == .square ? 90.0 : 60.0
        #expect(lattice.vectors.determinant > 0)
        let between = acos(first.dot(second) / (first.length * second.length)) * 180 / .pi
        #expect(abs(between - turn) < 4)
        #expect(abs(first.angle) * 180 / .pi <= turn / 2 + 2)
    }

    @Test("A perfect foil is found exactly, square or hexagonal, however it is turned", arguments: angles)
    func exact(angle: Double) throws {
        for kind in [FoilLattice.Kind.square, .hexagonal] {
            let foil = IdealFoil(kind: kind, angleDegrees: angle)
            let lattice = try #require(FoilLattice(foil.visits))
            try expect(lattice, is: foil, within: 1e-9)
            expectCanonical(lattice)
            #expect(lattice.scatter < 1e-12)
        }
    }

    @Test(
        "Any matrix, mirrored or not, and any pitch",
        arguments: [
            (Matrix2(scale: 25), 1.6), (Matrix2(scale: 30, angleDegrees: 111, isMirrored: false), 4),
            (Matrix2(scale: 20, angleDegrees: -70, isMirrored: true), 6.5),
        ] as [(Matrix2, Double)])
    func matrices(matrix: Matrix2, pitch: Double) throws {
        for kind in [FoilLattice.Kind.square, .hexagonal] {
            let foil = IdealFoil(kind: kind, pitch: pitch, matrix: matrix)
            try expect(#require(FoilLattice(foil.visits)), is: foil, within: 1e-9)
        }
    }

    @Test(
        "Holes beside their sites: the lattice is found to a part of their error, and the scatter says how great it is")
    func scatter() throws {
        for kind in [FoilLattice.Kind.square, .hexagonal] {
            let foil = IdealFoil(kind: kind, holeError: 0.03)
            let lattice = try #require(FoilLattice(foil.visits))
            try expect(lattice, is: foil, within: 0.01)
            expectCanonical(lattice)
            // A difference of two holes has twice the variance in each of two coordinates; without the worst tenth of
            // such vectors 0.744 of the mean square is left: 1 - 0.1 ln 10 / 0.9.
            let expected = 2 * 0.03 * 0.744.squareRoot() / foil.matrix.scale
            #expect(abs(lattice.scatter / expected - 1) < 0.15)
        }
    }

    @Test("Holes that are missing, as where the ice is bad, do not matter", arguments: 1...4 as ClosedRange<UInt64>)
    func missingHoles(seed: UInt64) throws {
        for kind in [FoilLattice.Kind.square, .hexagonal] {
            let foil = IdealFoil(kind: kind, holeError: 0.03, seed: seed)
            var random = RandomSource(seed: seed, stream: "missing holes")
            let shots = foil.shots.filter { _ in random.uniform(0, 1) < 0.6 }
            try expect(#require(FoilLattice(HoleVisits(foil.exposures(of: shots)))), is: foil, within: 0.015)
        }
    }

    @Test("A stop that was shot again beside its holes does not refine the lattice")
    func disturbed() throws {
        let foil = IdealFoil(holeError: 0.03)
        var exposures = foil.exposures
        // Another cluster's pattern from the same stop, half a cell aside.
        let again = exposures.filter { $0.stage == exposures[0].stage }.map { exposure in
            SessionExposure(
                exposureID: exposure.exposureID + 10_000, sessionID: 1, foilHole: exposure.foilHole + 50_000,
                area: exposure.area, stage: exposure.stage,
                beamShift: exposure.beamShift + 0.5 * foil.vectors.firstColumn)
        }
        exposures.insert(contentsOf: again, at: again.count)
        try expect(#require(FoilLattice(HoleVisits(exposures))), is: foil, within: 0.02)
    }

    @Test("One hole a stop, or holes on a line, make no lattice")
    func none() {
        let foil = IdealFoil(holeError: 0.03)
        func lattice(_ isKept: (IdealFoil.Shot) -> Bool) -> FoilLattice? {
            FoilLattice(HoleVisits(foil.exposures(of: foil.shots.filter(isKept))))
        }
        #expect(lattice { $0.node == FoilLattice.Site(0, 0) } == nil)
        #expect(lattice { $0.node.j == 0 } == nil)
        #expect(lattice { $0.node.i == $0.node.j } == nil)
        #expect(lattice { $0.hole == foil.shots[0].hole } == nil)
        #expect(lattice { _ in false } == nil)
        #expect(lattice { abs($0.node.i) + abs($0.node.j) < 2 } != nil)
    }

    @Test("Holes at random places show no lattice", arguments: 1...20 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        #expect(FoilLattice(HoleVisits(exposuresAtRandom(seed: seed))) == nil)
    }
}

/// As holes of a lacey film would be chosen by hand: anywhere within 6 um of the stop, at least 1.2 um apart.
func exposuresAtRandom(seed: UInt64, stops: Int = 12, holesAStop: Int = 12) -> [SessionExposure] {
    var random = RandomSource(seed: seed, stream: "lacey film")
    var exposures: [SessionExposure] = []
    for stop in 0..<stops {
        var shifts: [Vector2] = []
        while shifts.count < holesAStop {
            let shift = Vector2(random.uniform(-0.24, 0.24), random.uniform(-0.24, 0.24))
            guard shift.length < 0.24, shifts.allSatisfy({ $0.distance(to: shift) > 0.05 }) else { continue }
            shifts.append(shift)
        }
        for shift in shifts {
            exposures.append(
                SessionExposure(
                    exposureID: Int64(exposures.count + 1), sessionID: 1, foilHole: Int64(1000 + exposures.count),
                    area: 1,
                    stage: Vector2(13 * Double(stop % 4), 13 * Double(stop / 4)), beamShift: shift))
        }
    }
    return exposures
}

@Suite("The symmetries of a foil")
struct FoilSymmetryTests {
    private static let sites = (-4...4).flatMap { i in (-4...4).map { FoilLattice.Site(i, $0) } }

    @Test(
        "A square lattice has 8, a hexagonal one 12, and each keeps all distances",
        arguments: [(FoilLattice.Kind.square, 8), (.hexagonal, 12)])
    func symmetries(kind: FoilLattice.Kind, count: Int) {
        let symmetries = kind.symmetries
        #expect(symmetries.first == .identity)
        #expect(Set(symmetries).count == count)
        #expect(symmetries.count == count)
        for symmetry in symmetries {
            #expect(symmetry.elements.allSatisfy { $0 == $0.rounded() })
            #expect(abs(symmetry.determinant) == 1)
            for site in Self.sites {
                let image = symmetry * site.vector
                #expect(kind.squaredLength(FoilLattice.Site(Int(image.x), Int(image.y))) == kind.squaredLength(site))
            }
            // A group.
            for other in symmetries { #expect(symmetries.contains(symmetry * other)) }
        }
    }

    @Test("There are no others among small integer matrices", arguments: [FoilLattice.Kind.square, .hexagonal])
    func complete(kind: FoilLattice.Kind) {
        let range = (-2...2).map(Double.init)
        var kept: Set<Matrix2> = []
        for a in range {
            for b in range {
                for c in range {
                    for d in range {
                        let matrix = Matrix2(a, b, c, d)
                        let keeps = Self.sites.allSatisfy { site in
                            let image = matrix * site.vector
                            return kind.squaredLength(FoilLattice.Site(Int(image.x), Int(image.y)))
                                == kind.squaredLength(site)
                        }
                        if keeps { kept.insert(matrix) }
                    }
                }
            }
        }
        #expect(kept == Set(kind.symmetries))
    }

    @Test("Neighbours are the sites one pitch away", arguments: [FoilLattice.Kind.square, .hexagonal])
    func neighbours(kind: FoilLattice.Kind) {
        #expect(Set(kind.neighbours) == Set(Self.sites.filter { kind.squaredLength($0) == 1 }))
        #expect(kind.neighbours.count == (kind == .square ? 4 : 6))
        let foil = IdealFoil(kind: kind, pitch: 1)
        #expect(abs(abs(foil.lattice.determinant) - kind.cellArea) < 1e-12)
        for site in Self.sites {
            #expect(abs((foil.lattice * site.vector).squaredLength - Double(kind.squaredLength(site))) < 1e-9)
        }
    }
}
