import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("The matrix from the template")
struct TemplateMethodTests {
    private static let three: [Int64: Vector2] = [
        1: Vector2(0.39, 0.02), 2: Vector2(-0.21, 0.33), 3: Vector2(-0.18, -0.35),
    ]

    @Test("Three areas give the matrix exactly; its scale is as uncertain as the hole image's")
    func threeAreas() throws {
        let foil = IdealFoil(areas: Self.three)
        // The offsets' origin does not matter: holes are centred somewhere near their middle.
        let offsets = Self.three.mapValues { $0 + Vector2(0.1, -0.2) }
        let found = TemplateMethod.calibrations(foil.visits, offsets: offsets)
        let calibration = try #require(found.first)
        #expect(found.count == 1)
        #expect(calibration.matrix.difference(from: foil.matrix) < 1e-9)
        #expect(abs(calibration.relativeError - 0.025) < 1e-9)
        #expect(try #require(calibration.residual) < 1e-9)
        #expect(calibration.note == nil)
    }

    @Test("A hole image whose scale is 3 % off makes the matrix as much too great, no more")
    func scaleError() throws {
        let foil = IdealFoil(areas: Self.three)
        let found = TemplateMethod.calibrations(foil.visits, offsets: Self.three.mapValues { 1.03 * $0 })
        #expect(try #require(found.first).matrix.difference(from: 1.03 * foil.matrix) < 1e-9)
        var truth = Calibration(.lattice, foil.matrix, relativeError: 0.002)
        #expect(try #require(found.first).isConsistent(with: truth))
        truth.matrix = foil.matrix.changed(by: 1, degrees: 7)
        #expect(!(try #require(found.first).isConsistent(with: truth)))
    }

    @Test("Two areas leave two readings, the mirrored one first, and say what is assumed")
    func twoAreas() throws {
        for isMirrored in [true, false] {
            let foil = IdealFoil(
                matrix: Matrix2(scale: 25.9, angleDegrees: 27, isMirrored: isMirrored),
                areas: [1: Vector2(0.3, -0.05), 2: Vector2(-0.37, 0.03)])
            let found = TemplateMethod.calibrations(foil.visits, offsets: foil.areas)
            #expect(found.map(\.matrix.isMirrored) == [true, false])
            let right = try #require(found.first { $0.matrix.isMirrored == isMirrored })
            #expect(right.matrix.difference(from: foil.matrix) < 1e-9)
            // Both put the areas where they are.
            for calibration in found {
                let shift = foil.visits.areas[2].map { $0 - (foil.visits.areas[1] ?? .zero) } ?? .zero
                #expect((calibration.matrix * shift).distance(to: Vector2(-0.67, 0.08)) < 1e-9)
                #expect(calibration.relativeError >= 0.04)
                #expect(calibration.note?.contains("mirror") == true)
            }
        }
    }

    @Test("Three areas on a line are as two")
    func onALine() {
        let areas: [Int64: Vector2] = [1: Vector2(0.3, 0.3), 2: .zero, 3: Vector2(-0.35, -0.35)]
        let foil = IdealFoil(areas: areas)
        #expect(TemplateMethod.calibrations(foil.visits, offsets: areas).count == 2)
    }

    @Test("One area tells nothing, nor do areas without offsets, nor a scale that no microscope has")
    func none() {
        let single = IdealFoil()
        #expect(TemplateMethod.calibrations(single.visits, offsets: [1: Vector2(0.1, 0)]).isEmpty)
        let foil = IdealFoil(areas: Self.three)
        #expect(TemplateMethod.calibrations(foil.visits, offsets: [:]).isEmpty)
        #expect(TemplateMethod.calibrations(foil.visits, offsets: [1: .zero]).isEmpty)
        #expect(TemplateMethod.calibrations(foil.visits, offsets: Self.three.mapValues { 3 * $0 }).isEmpty)
    }

    @Test("Areas of two templates are fitted together, each template about its own middle")
    func twoTemplates() throws {
        let first = IdealFoil(stopsAside: 2, areas: [1: Vector2(0.3, 0), 2: Vector2(-0.3, 0.1)])
        let second = IdealFoil(stopsAside: 2, areas: [11: Vector2(0.1, 0.4), 12: Vector2(0, -0.3)])
        let later = second.exposures.map {
            SessionExposure(
                exposureID: $0.exposureID + 10_000, sessionID: 1, foilHole: $0.foilHole + 200_000, area: $0.area,
                stage: $0.stage + Vector2(200, 0), beamShift: $0.beamShift)
        }
        let found = TemplateMethod.calibrations(
            HoleVisits(first.exposures + later), offsets: first.areas.merging(second.areas) { $1 })
        #expect(found.count == 1)
        #expect(try #require(found.first).matrix.difference(from: first.matrix) < 1e-9)
    }
}

@Suite("The matrix from the hole map")
struct HoleMapMethodTests {
    /// The map at a scale and with an offset of its own, about the foil's middle.
    private func positions(
        _ shots: [IdealFoil.Shot], scale: Double = 1, offset: Vector2 = .zero, scatter: Double = 0, seed: UInt64 = 1
    ) -> [Int64: Vector2] {
        var random = RandomSource(seed: seed, stream: "hole map")
        let middle = shots.map(\.place).mean
        return Dictionary(
            uniqueKeysWithValues: shots.map { shot in
                let error = scatter * Vector2(random.plainNormal(), random.plainNormal())
                return (shot.hole, middle + scale * (shot.place - middle) + offset + error)
            })
    }

    @Test("An exact map gives the exact matrix, mirrored or not", arguments: [true, false])
    func exact(isMirrored: Bool) throws {
        let foil = IdealFoil(matrix: Matrix2(scale: 24, angleDegrees: 100, isMirrored: isMirrored))
        let found = try #require(HoleMapMethod.calibration(foil.visits, positions: positions(foil.shots)))
        #expect(found.matrix.difference(from: foil.matrix) < 1e-6)
        #expect(try #require(found.residual) < 1e-6)
        #expect(found.stops == 16)
        #expect(found.holes == 16 * 13)
    }

    @Test(
        "Its scale is measured on the stage: 2 or 4 % off and 0.4 um aside, the matrix stays right",
        arguments: [0.96, 1.02, 1.04])
    func scale(scale: Double) throws {
        let foil = IdealFoil()
        let map = positions(foil.shots, scale: scale, offset: Vector2(0.4, -0.3))
        let found = try #require(HoleMapMethod.calibration(foil.visits, positions: map))
        // It starts from a scale of 1, which weighs as much as 11 um^2 of the stops.
        #expect(found.matrix.difference(from: foil.matrix) < 1e-3)
        let true3 = Calibration(.given, foil.matrix, relativeError: 0)
        #expect(found.isConsistent(with: true3))
    }

    @Test("The uncertainty is what 30 maps scatter by, to a factor of 2")
    func uncertainty() throws {
        var (errors, claims) = ([Double](), [Double]())
        for seed in 1...30 as ClosedRange<UInt64> {
            let foil = IdealFoil(stopsAside: 3, holeError: 0.03, seed: seed)
            let map = positions(foil.shots, scale: 1.02, scatter: 0.08, seed: seed)
            let found = try #require(HoleMapMethod.calibration(foil.visits, positions: map))
            let error = (found.matrix - foil.matrix) * (try #require(foil.matrix.inverse))
            errors.append(error.squaredElements / 2)
            claims.append(found.relativeError)
        }
        let actual = (errors.reduce(0, +) / 30).squareRoot()
        let claimed = claims.reduce(0, +) / 30
        #expect((actual / 2...actual * 2).contains(claimed), "\(claimed) for \(actual)")
    }

    @Test("A stop that was centred one hole aside moves the matrix by less than its uncertainty")
    func wrongCentre() throws {
        let foil = IdealFoil(holeError: 0.03)
        let exposures = zip(foil.shots, foil.exposures).map { shot, exposure in
            guard shot.stop == 6 else { return exposure }
            return SessionExposure(
                exposureID: exposure.exposureID, sessionID: 1, foilHole: exposure.foilHole, area: 1,
                stage: exposure.stage + foil.lattice.firstColumn, beamShift: exposure.beamShift)
        }
        let map = positions(foil.shots, scale: 1.02, scatter: 0.05)
        let found = try #require(HoleMapMethod.calibration(HoleVisits(exposures), positions: map))
        #expect(found.matrix.agrees(with: foil.matrix, scale: 0.004, degrees: 0.2))
        #expect(found.isConsistent(with: Calibration(.given, foil.matrix, relativeError: 0)))
    }

    @Test("A stage that did not move puts two clusters on one stop: still right")
    func unmovedStage() throws {
        let foil = IdealFoil(holeError: 0.03)
        let stage = foil.shots.first { $0.stop == 6 }?.stage ?? .zero
        let exposures = zip(foil.shots, foil.exposures).map { shot, exposure in
            guard shot.stop == 7 else { return exposure }
            return SessionExposure(
                exposureID: exposure.exposureID, sessionID: 1, foilHole: exposure.foilHole, area: 1, stage: stage,
                beamShift: exposure.beamShift)
        }
        let map = positions(foil.shots, scale: 1.02, scatter: 0.05)
        let found = try #require(HoleMapMethod.calibration(HoleVisits(exposures), positions: map))
        #expect(found.matrix.agrees(with: foil.matrix, scale: 0.004, degrees: 0.2))
    }

    @Test("Holes of one stop have no second scale: its error is the map's")
    func oneStop() throws {
        let foil = IdealFoil(stopsAside: 1)
        let found = try #require(HoleMapMethod.calibration(foil.visits, positions: positions(foil.shots, scale: 1.02)))
        #expect(found.relativeError > 0.02)
        #expect(found.matrix.difference(from: foil.matrix) < 0.021)
    }

    @Test("A few holes on a line, or none with a position, give no matrix")
    func none() {
        let foil = IdealFoil()
        #expect(HoleMapMethod.calibration(foil.visits, positions: [:]) == nil)
        let line = foil.shots.filter { $0.node.j == 0 }
        #expect(HoleMapMethod.calibration(HoleVisits(foil.exposures(of: line)), positions: positions(line)) == nil)
        let centres = foil.shots.filter { $0.node == FoilLattice.Site(0, 0) }
        #expect(
            HoleMapMethod.calibration(HoleVisits(foil.exposures(of: centres)), positions: positions(centres)) == nil)
    }
}

@Suite("The matrix from earlier sessions")
struct HistoryMethodTests {
    private static let now = Timestamp(year: 2025, month: 3, day: 1, hour: 9, minute: 0, second: 0)
    private static let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)

    private func earlier(_ matrix: Matrix2, days: Double?, error: Double = 0.002) -> EarlierCalibration {
        EarlierCalibration(
            matrix: matrix, startedAt: days.flatMap { Self.now?.adding(seconds: -86_400 * $0) }, relativeError: error)
    }

    @Test("The mean of those that agree, as uncertain as they differ, and never less than 1 %")
    func mean() throws {
        let (a, b) = (Self.matrix.changed(by: 1.01, degrees: 0), Self.matrix.changed(by: 0.99, degrees: 0))
        let found = try #require(
            HistoryMethod.calibration([earlier(a, days: 10), earlier(b, days: 3)], startedAt: Self.now))
        #expect(found.matrix.difference(from: Self.matrix) < 1e-12)
        #expect(abs(found.relativeError - 0.01 * 2.0.squareRoot()) < 1e-9)
        #expect(found.note == "from 2 sessions of this microscope, spread 1.4 %, the nearest 3 days away")
        let wide = try #require(
            HistoryMethod.calibration(
                [1.014, 1, 0.986].map { earlier(Self.matrix.changed(by: $0, degrees: 0), days: 3) }, startedAt: Self.now
            ))
        #expect(abs(wide.relativeError - 0.014) < 1e-9)
        let single = try #require(HistoryMethod.calibration([earlier(a, days: 1)], startedAt: Self.now))
        #expect((single.matrix, single.relativeError) == (a, 0.01))
        #expect(
            try #require(HistoryMethod.calibration([earlier(a, days: 1, error: 0.02)], startedAt: Self.now))
                .relativeError == 0.02)
    }

    @Test("A microscope that was realigned: those that differ from the nearest in time are left out, and counted")
    func realigned() throws {
        let old = (1...4).map { earlier(Self.matrix, days: 100 + Double($0)) }
        let new = earlier(Self.matrix.changed(by: 1, degrees: 5), days: 20)
        let found = try #require(HistoryMethod.calibration(old + [new], startedAt: Self.now))
        #expect(found.matrix.difference(from: new.matrix) < 1e-12)
        #expect(found.note?.contains("from 1 session of") == true)
        #expect(found.note?.contains("20 days") == true)
        #expect(found.note?.hasSuffix("; 4 others differ") == true)
    }

    @Test("A session may lie before those that it is calibrated from; one without a time comes last")
    func age() throws {
        let found = try #require(
            HistoryMethod.calibration(
                [earlier(Self.matrix.changed(by: 1, degrees: 10), days: nil), earlier(Self.matrix, days: -40)],
                startedAt: Self.now))
        #expect(found.matrix.difference(from: Self.matrix) < 1e-12)
        let unknown = try #require(HistoryMethod.calibration([earlier(Self.matrix, days: nil)], startedAt: Self.now))
        #expect(unknown.note?.contains("unknown age") == true)
        #expect(HistoryMethod.calibration([], startedAt: Self.now) == nil)
    }
}
