import EPUCore
import Testing

@testable import epu_analyze

@Suite("The positions that the beam shift takes")
struct BeamShiftPositionsTests {
    private func positions(_ foil: IdealFoil, _ isKept: (IdealFoil.Shot) -> Bool = { _ in true }) -> BeamShiftPositions?
    {
        let exposures = foil.exposures(of: foil.shots.filter(isKept))
        return BeamShiftPositions(CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures))
    }

    /// By brute force: all nodes by length, then by angle from the first vector, anticlockwise.
    private func order(_ kind: FoilLattice.Kind) -> [FoilLattice.Site] {
        let foil = IdealFoil(kind: kind, pitch: 1, angleDegrees: 0)
        let nodes = (-6...6).flatMap { i in (-6...6).map { FoilLattice.Site(i, $0) } }
        return nodes.sorted { a, b in
            func key(_ site: FoilLattice.Site) -> (Int, Double) {
                let place = foil.lattice * site.vector
                return (kind.squaredLength(site), place.angle < -1e-9 ? place.angle + 2 * .pi : max(0, place.angle))
            }
            return key(a) < key(b)
        }
    }

    @Test(
        "A stop's holes are numbered from the centre outwards, and round it anticlockwise",
        arguments: [(FoilLattice.Kind.square, 13), (.hexagonal, 19)])
    func numbering(kind: FoilLattice.Kind, count: Int) throws {
        let foil = IdealFoil(kind: kind, holeError: 0.03)
        let found = try #require(positions(foil))
        #expect(found.positions.map(\.id) == Array(0..<count))
        #expect(found.positions.map(\.node) == Array(order(kind).prefix(count)))
        #expect(found.positions.allSatisfy { $0.exposures == 16 })
        #expect(found.membership.count == 16 * count)
        #expect(found.merged.isEmpty)
        #expect(found.empty.isEmpty)
        #expect(found.between == 0)
        for position in found.positions {
            #expect(position.center.distance(to: found.lattice.vectors * position.node.vector) < 0.006)
        }
        // The centre holes have 0.
        let centres = foil.shots.indices.filter { foil.shots[$0].node == FoilLattice.Site(0, 0) }
        #expect(centres.allSatisfy { found.membership[$0] == 0 })
    }

    @Test("The sum of squares is what each exposure's distance to its centre adds up to")
    func squaredDistance() throws {
        let foil = IdealFoil(holeError: 0.03, areas: [1: Vector2(0.3, 0), 2: Vector2(-0.3, 0.1)])
        let found = try #require(positions(foil))
        let center = Dictionary(uniqueKeysWithValues: found.positions.map { ($0.id, $0.center) })
        let sum = zip(foil.exposures, found.membership).reduce(0) {
            $0 + ($1.0.beamShift - (center[$1.1] ?? .zero)).squaredLength
        }
        #expect(abs(found.squaredDistance - sum) < 1e-12)
    }

    @Test("A node keeps its number when others were not shot; what is not shot within reach is named")
    func stable() throws {
        for kind in [FoilLattice.Kind.square, .hexagonal] {
            let foil = IdealFoil(kind: kind, holeError: 0.03)
            let all = try #require(positions(foil))
            let gone = Set(all.positions.filter { [2, 3, 7].contains($0.id) }.map(\.node))
            // The foil's own nodes may be turned against the found ones.
            let goneShots = Set(foil.shots.indices.filter { [2, 3, 7].contains(all.membership[$0]) })
            let fewer = try #require(
                positions(foil) { shot in !goneShots.contains(foil.shots.firstIndex { $0.hole == shot.hole } ?? -1) })
            #expect(gone.count == 3)
            #expect(fewer.positions.map(\.id) == all.positions.map(\.id).filter { ![2, 3, 7].contains($0) })
            for position in fewer.positions {
                let same = try #require(all.positions.first { $0.id == position.id })
                #expect(same.node == position.node)
                #expect(same.center.distance(to: position.center) < 0.001)
            }
            let limit = 0.5 * all.lattice.pitch
            let farthest = fewer.positions.map { (all.lattice.vectors * $0.node.vector).length }.max() ?? 0
            let expected = all.positions.filter {
                gone.contains($0.node) && (all.lattice.vectors * $0.node.vector).length < farthest - limit
            }
            #expect(fewer.empty == expected.map(\.id))
            #expect(!fewer.empty.isEmpty)
        }
    }

    @Test("A position whose holes lie in two heaps is called merged, and holes between two positions are counted")
    func merged() throws {
        let foil = IdealFoil(holeError: 0.01)
        let node = FoilLattice.Site(1, 1)
        let inverse = try #require(foil.matrix.inverse)
        let shots = foil.shots
        let exposures = zip(shots, foil.exposures(of: shots)).map { shot, exposure in
            guard shot.node == node else { return exposure }
            // 0.37 of the pitch to either side.
            let aside = inverse * ((shot.stop % 2 == 0 ? 0.37 : -0.42) * foil.lattice.firstColumn)
            return SessionExposure(
                exposureID: exposure.exposureID, sessionID: 1, foilHole: exposure.foilHole, area: 1,
                stage: exposure.stage, beamShift: exposure.beamShift + aside)
        }
        let found = try #require(
            BeamShiftPositions(CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures)))
        let id = try #require(shots.indices.first { shots[$0].node == node }.map { found.membership[$0] })
        #expect(found.merged == [id])
        #expect(found.between > 5)
        #expect(found.positions.count == 13)
    }

    @Test("Where holes form no lattice there are no positions")
    func none() {
        let exposures = exposuresAtRandom(seed: 3)
        #expect(BeamShiftPositions(CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures)) == nil)
    }

    @Test("How many positions a radius holds", arguments: [(2.6, 5), (3.6, 9), (5.1, 13), (6, 21), (7.6, 29)])
    func count(radius: Double, count: Int) throws {
        let foil = IdealFoil()
        let lattice = try #require(FoilLattice(foil.visits))
        // By brute force: sites of the foil within the radius.
        let sites = (-9...9).flatMap { i in (-9...9).map { foil.lattice * FoilLattice.Site(i, $0).vector } }
        #expect(sites.count { $0.length <= 1.01 * radius } == count)
        #expect(BeamShiftPositions.count(within: radius, lattice, scale: foil.matrix.scale) == count)
    }
}
