import EPUCore
import Foundation
import Testing

@testable import epu_analyze
@testable import epu_simulate

/// Models of whole sessions, whose true matrix is known.
@Suite("The calibration of simulated sessions")
struct CalibratorTests {
    /// A microscope and a foil for each seed.
    private static func session(_ seed: UInt64) throws -> ModelSession {
        try ModelSession {
            $0.seed = seed
            $0.foil = seed % 3 == 0 ? .hexagonal : .square
            $0.holeNumbering = seed % 2 == 0 ? .random : .spiral
            $0.matrix = Matrix2(scale: 22 + Double(seed), angleDegrees: 47 * Double(seed), isMirrored: seed % 4 != 1)
            $0.foilAngleDegrees = 19 * Double(seed)
            $0.areas = 1 + Int(seed % 3)
            $0.exposures = 200 * $0.areas
            $0.pitch = [2.5, 3, 2.2][Int(seed % 3)]
            $0.centringError = 0.02 + 0.005 * Double(seed)
            $0.holeMapScaleError = 0.004 * Double(seed)
            $0.finished = seed % 2 == 0 ? 0.7 : 1
        }
    }

    /// Right where it is called good, and methods that agree do so within what they claim.
    private func expectHonest(_ result: Calibrator.Result, _ truth: Matrix2, _ comment: Comment) {
        let chosen = result.chosen
        #expect(
            result.verdict != .good || chosen.matrix.agrees(with: truth),
            "\(comment): \(chosen.method) \(chosen.matrix) for \(truth)")
        if result.verdict == .good {
            let exact = Calibration(.given, truth, relativeError: 0)
            #expect(chosen.isConsistent(with: exact), "\(comment): \(chosen.relativeError)")
        }
        for other in result.others where chosen.agrees.contains(other.method) && other.method != .template {
            #expect(chosen.isConsistent(with: other) || other.method == .lattice)
        }
    }

    @Test(
        "With EPU's .dm files every session is good and right, and the methods agree",
        arguments: 1...8 as ClosedRange<UInt64>)
    func withKnowledge(seed: UInt64) throws {
        let session = try Self.session(seed)
        let result = session.result(hasMap: true, hasTemplate: true)
        #expect(result.verdict == .good, "\(result.reasons)")
        expectHonest(result, session.truth, "seed \(seed)")
        #expect(result.chosen.agrees.contains(result.chosen.method == .holes ? .lattice : .holes))
        for other in result.others where other.method == .holes || other.method == .template {
            let exact = Calibration(.given, session.truth, relativeError: 0)
            let isReading = other.note != nil
            #expect(isReading || other.isConsistent(with: exact), "\(other.method) of seed \(seed)")
        }
        let layout = try #require(result.layout)
        #expect(layout.problem.hole.count == Set(session.exposures.map(\.foilHole)).count)
    }

    @Test("Without them a session is right where it is called good", arguments: 1...8 as ClosedRange<UInt64>)
    func withoutKnowledge(seed: UInt64) throws {
        let session = try Self.session(seed)
        let result = session.result()
        expectHonest(result, session.truth, "seed \(seed)")
        #expect(result.chosen.method == .lattice || result.verdict == .undetermined)
        // Ids along a spiral, on a square foil, leave no doubt.
        guard session.options.foil == .square, session.options.holeNumberingUsed == .spiral else { return }
        #expect(result.verdict == .good, "\(result.reasons)")
        #expect(result.chosen.method == .lattice)
        let quality = try #require(result.chosen.lattice)
        #expect(quality.numberingPairs >= 20)
        #expect(quality.numberingHits * 10 >= quality.numberingPairs * 9)
        #expect(quality.collisions == 0)
    }

    @Test("The holes' own layout: true positions of holes differ from the found ones by one constant, to 0.1 um")
    func layout() throws {
        let session = try Self.session(2)
        let result = session.result(hasMap: true, hasTemplate: true)
        let layout = try #require(result.layout)
        var differences: [Int: [Vector2]] = [:]
        for index in layout.problem.visits.indices {
            let visit = layout.problem.visits[index]
            let number = try #require(
                result.layout.map { _ in
                    HoleVisits(session.exposures).visitOfExposure.firstIndex(of: visit)
                } ?? nil)
            let exposure = session.model.exposures[Int(session.exposures[number].exposureID) - 1]
            let truePlace = session.model.foil.squares[exposure.square].holes[exposure.hole].position
            differences[layout.problem.patch[index], default: []].append(layout.position(index) - truePlace)
        }
        for patch in differences.values {
            let mean = patch.mean
            #expect(patch.allSatisfy { $0.distance(to: mean) < 0.15 })
        }
    }

    // MARK: - Never good where it cannot be known

    @Test("One stage stop, one hole, or two stops decide nothing")
    func few() throws {
        let whole = try Self.session(5)
        let stops = HoleVisits(whole.exposures)
        func part(_ count: Int) throws -> ModelSession {
            var session = whole
            session.changeExposures { exposures in
                let end = count < stops.stops.count ? stops.stops[count].firstExposure : exposures.count
                exposures.removeSubrange(end...)
            }
            return session
        }
        for count in 1...2 {
            let session = try part(count)
            for (hasMap, hasTemplate) in [(false, false), (false, true), (true, true)] {
                let result = session.result(hasMap: hasMap, hasTemplate: hasTemplate)
                #expect(result.verdict != .good || hasMap, "\(count) stops, map \(hasMap): \(result.chosen.method)")
                expectHonest(result, session.truth, "\(count) stops")
                #expect(!result.reasons.isEmpty)
            }
            #expect(session.result().verdict == .undetermined)
        }
        let first = try part(1).result().reasons
        #expect(first.contains("There is one stage stop only."), "\(first)")
        #expect(try part(1).result(hasMap: true, hasTemplate: true).verdict == .doubtful)
        var oneHole = whole
        let hole = whole.exposures[0].foilHole
        oneHole.changeExposures { exposures in exposures.removeAll { $0.foilHole != hole } }
        #expect(oneHole.result(hasMap: true).verdict != .good)
        #expect(oneHole.result(hasMap: true, hasTemplate: true).verdict != .good)
    }

    @Test("Holes at random places: the template alone, or nothing but a scale")
    func lacey() {
        for seed in 1...5 as ClosedRange<UInt64> {
            let input = CalibrationInput(
                Condition(probeMode: nil, alphaDegrees: nil), exposuresAtRandom(seed: seed))
            let result = Calibrator(input: input).result(nil)
            #expect(result.verdict == .undetermined)
            #expect(result.chosen.method == .none)
            #expect(result.reasons.first == "Holes shot from one stage stop show no lattice.")
            #expect(result.layout == nil)
        }
    }

    @Test("A stage whose read-backs are off by as much as the pitch", arguments: [1, 2] as [UInt64])
    func noisyStage(seed: UInt64) throws {
        var session = try Self.session(seed)
        let pitch = session.options.pitch
        session.changeExposures { exposures in
            let visits = HoleVisits(exposures)
            var random = RandomSource(seed: seed, stream: "stage noise")
            let errors = visits.stops.map { _ in
                pitch * Vector2(random.plainNormal(), random.plainNormal())
            }
            var stop = -1
            exposures = exposures.enumerated().map { index, exposure in
                if stop + 1 < visits.stops.count, visits.stops[stop + 1].firstExposure == index { stop += 1 }
                return SessionExposure(
                    exposureID: exposure.exposureID, sessionID: 1, foilHole: exposure.foilHole, area: exposure.area,
                    stage: exposure.stage + errors[stop], beamShift: exposure.beamShift,
                    gridSquare: exposure.gridSquare, condition: exposure.condition)
            }
        }
        #expect(session.result().verdict != .good)
        let known = session.result(hasMap: true, hasTemplate: true)
        #expect(known.verdict != .good, "\(known.chosen.method), residual \(known.chosen.residual ?? -1)")
        expectHonest(known, session.truth, "seed \(seed)")
    }

    @Test(
        "A session of 6 or 7 stops without knowledge is right where it is called good",
        arguments: 11...14 as ClosedRange<UInt64>)
    func fewStops(seed: UInt64) throws {
        let session = try ModelSession {
            $0.seed = seed
            $0.exposures = 90
            $0.finished = seed % 2 == 0 ? 0.35 : 1
            $0.holeNumbering = .random
            $0.matrix = Matrix2(scale: 24, angleDegrees: 33 * Double(seed), isMirrored: seed % 2 == 0)
        }
        expectHonest(session.result(), session.truth, "seed \(seed)")
    }

    @Test("A pitch that a user gives 40 % wrong makes nothing good that is wrong", arguments: [0.6, 1 / 1.4, 1.4])
    func wrongPitch(factor: Double) throws {
        for (seed, hasKnowledge) in [(2, false), (3, false), (2, true)] as [(UInt64, Bool)] {
            let session = try Self.session(seed)
            let result = session.result(
                hasMap: hasKnowledge, hasTemplate: hasKnowledge, pitch: factor * session.options.pitch)
            expectHonest(result, session.truth, "seed \(seed), pitch x \(factor), .dm \(hasKnowledge)")
        }
    }

    @Test(
        "R2/1 given for a foil that is R2/2",
        arguments: [8, 11] as [UInt64])
    func wrongFoil(seed: UInt64) throws {
        let session = try ModelSession {
            $0.seed = seed
            $0.pitch = 4
            $0.holeSize = 2
            $0.holeNumbering = .random
            $0.matrix = Matrix2(scale: 21 + Double(seed % 9), angleDegrees: 47 * Double(seed), isMirrored: true)
            $0.foilAngleDegrees = 19 * Double(seed)
            $0.stageError = 0.05
        }
        expectHonest(session.result(pitch: 3), session.truth, "seed \(seed)")
        // Nor is it wrong and used.
        let result = session.result(pitch: 3)
        #expect(result.verdict == .undetermined || result.chosen.matrix.agrees(with: session.truth))
    }

    @Test("The pitch that a user gives right is as good as that of the files")
    func rightPitch() throws {
        let session = try Self.session(2)
        for factor in [0.95, 1, 1.08] {
            let result = session.result(pitch: factor * session.options.pitch)
            expectHonest(result, session.truth, "pitch x \(factor)")
        }
    }

    // MARK: - Sessions of other kinds

    @Test("Without AFIS each hole has its own stop: the template, doubtful, or nothing")
    func withoutAFIS() throws {
        let session = try ModelSession {
            $0.clusterRadius = 0
            $0.areas = 3
            $0.exposures = 90
        }
        let template = session.result(hasTemplate: true)
        #expect((template.chosen.method, template.verdict) == (.template, .doubtful))
        #expect(template.chosen.matrix.agrees(with: session.truth, scale: 0.02, degrees: 0.5))
        #expect(template.reasons.contains { $0.contains("no AFIS") })
        let nothing = session.result()
        #expect((nothing.chosen.method, nothing.verdict) == (.none, .undetermined))
        #expect(nothing.reasons.contains { $0.contains("no AFIS") })
        let map = session.result(hasMap: true, hasTemplate: true)
        #expect(map.chosen.method != .none)
        expectHonest(map, session.truth, "no AFIS")
    }

    @Test("Where the beam shift is the same in all exposures stage positions alone place them")
    func withoutBeamShift() {
        let exposures = (0..<30).map { (index: Int) -> SessionExposure in
            let (column, row) = (Double(index % 6), Double(index / 6))
            return SessionExposure(
                exposureID: Int64(index), sessionID: 1, foilHole: Int64(index), area: 1,
                stage: Vector2(2.5 * column, 2.5 * row), beamShift: Vector2(0.0131, -0.02))
        }
        let result = Calibrator(input: CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures))
            .result(nil)
        #expect((result.chosen.method, result.verdict) == (.stage, .good))
        #expect(result.layout == nil)
        #expect(result.others.isEmpty)
    }

    @Test("A template that changed in mid-session costs nothing")
    func changedTemplate() throws {
        var session = try Self.session(5)
        let half = session.exposures.count / 2
        session.changeExposures { exposures in
            exposures = exposures.enumerated().map { index, exposure in
                guard index >= half else { return exposure }
                return SessionExposure(
                    exposureID: exposure.exposureID, sessionID: 1, foilHole: exposure.foilHole,
                    area: exposure.area + 1000, stage: exposure.stage,
                    beamShift: exposure.beamShift + Vector2(0.008, -0.011), gridSquare: exposure.gridSquare,
                    condition: exposure.condition)
            }
        }
        #expect(HoleVisits(session.exposures).patches == 2)
        for hasMap in [false, true] {
            let result = session.result(hasMap: hasMap)
            #expect(result.verdict == .good, "map \(hasMap): \(result.reasons)")
            #expect(result.chosen.matrix.agrees(with: session.truth))
        }
    }

    @Test(
        "One stop in twenty centred on the wrong hole, and as many with an unmoved stage",
        arguments: [1, 2] as [UInt64])
    func wrongCentres(seed: UInt64) throws {
        let session = try ModelSession {
            $0.seed = seed
            $0.areas = 2
            $0.exposures = 460
            $0.wrongCentres = 1
            $0.unmovedStages = 1
            $0.repeatedHoles = 1
            $0.holeNumbering = seed % 2 == 0 ? .random : .spiral
        }
        let known = session.result(hasMap: true, hasTemplate: true)
        #expect(known.verdict == .good, "\(known.reasons)")
        expectHonest(known, session.truth, "seed \(seed)")
        expectHonest(session.result(), session.truth, "seed \(seed), no .dm")
    }

    @Test("A tilted stage: at most doubtful; the hole map has the matrix that the tilt makes")
    func tilt() throws {
        for seed in [1, 2] as [UInt64] {
            let session = try ModelSession {
                $0.seed = seed
                $0.tiltDegrees = 40
                $0.areas = 1
            }
            #expect(abs(session.truth.singularRatio / session.options.matrix.singularRatio - 1) > 0.2)
            let result = session.result(hasMap: true)
            #expect(result.verdict == .doubtful)
            #expect(
                result.chosen.matrix.agrees(with: session.truth, scale: 0.015, degrees: 0.7), "\(result.chosen.method)")
            #expect(
                session.result(hasMap: true, method: .holes).chosen.matrix.agrees(
                    with: session.truth, scale: 0.02, degrees: 0.7))
            #expect(session.result().verdict != .good)
        }
    }

    @Test("What a tilt does to a matrix: longer across the axis by 1 / cos")
    func tiltedMatrix() throws {
        let flat = Calibration(.history, Matrix2(21.767, 11.130, 10.799, -21.682), relativeError: 0.01)
        let tilt = Tilt(Condition(probeMode: nil, alphaDegrees: 60))
        let tilted = tilt.applied(flat).matrix
        for (found, expected) in zip(tilted.elements, [21.767, 11.130, 2 * 10.799, -2 * 21.682]) {
            #expect(abs(found - expected) < 1e-9)
        }
        #expect((tilt.flattening * tilted - flat.matrix).squaredElements < 1e-18)
    }

    @Test(
        "A template on a tilted stage agrees with the hole map")
    func tiltedTemplate() throws {
        let session = try ModelSession {
            $0.tiltDegrees = 40
            $0.areas = 3
            $0.exposures = 400
        }
        let template = try #require(session.result(hasTemplate: true, method: .template).chosen as Calibration?)
        #expect(template.method == .template)
        #expect(template.matrix.agrees(with: session.truth, scale: 0.03, degrees: 1))
    }

    @Test("A good session of the same microscope: its matrix where there is nothing better, doubtful")
    func history() throws {
        let session = try ModelSession {
            $0.areas = 1
            $0.exposures = 20
            $0.clusterRadius = 0
        }
        var input = session.input()
        input.earlier = [
            EarlierCalibration(
                matrix: session.truth.changed(by: 1.003, degrees: 0.1), startedAt: nil, relativeError: 0.002)
        ]
        let result = Calibrator(input: input).result(nil)
        #expect((result.chosen.method, result.verdict) == (.history, .doubtful))
        #expect(result.chosen.note?.contains("from 1 session") == true)
    }

    @Test(
        "The microscope's history is worth more than a template, whose scale is off by some per cent")
    func historyAndTemplate() throws {
        let session = try ModelSession {
            $0.matrix = Matrix2(scale: 25, angleDegrees: -40, isMirrored: false)
            $0.areas = 2
            $0.exposures = 20
            $0.clusterRadius = 0
            $0.holeImageScaleError = 0.03
        }
        var input = session.input(hasTemplate: true)
        input.earlier = [EarlierCalibration(matrix: session.truth, startedAt: nil, relativeError: 0.002)]
        let result = Calibrator(input: input).result(nil)
        #expect(result.verdict == .doubtful)
        #expect(result.chosen.matrix.agrees(with: session.truth))
    }

    @Test("History decides among the foil's symmetries where stops are few")
    func historyWithLattice() throws {
        let session = try ModelSession {
            $0.seed = 4
            $0.exposures = 110
            $0.holeNumbering = .random
        }
        var input = session.input()
        input.earlier = [
            EarlierCalibration(
                matrix: session.truth.changed(by: 1.003, degrees: 0.1), startedAt: nil, relativeError: 0.002)
        ]
        let result = Calibrator(input: input).result(nil)
        #expect(result.chosen.method == .lattice)
        #expect(result.chosen.agrees == [.history])
        #expect(result.chosen.matrix.agrees(with: session.truth))
    }

    @Test(
        "Each method by itself",
        arguments: [CalibrationMethod.holes, .template, .lattice, .history])
    func methods(method: CalibrationMethod) throws {
        let session = try Self.session(5)
        var input = session.input(hasMap: true, hasTemplate: true)
        input.earlier = [EarlierCalibration(matrix: session.truth, startedAt: nil, relativeError: 0.002)]
        let result = Calibrator(input: input).result(method)
        #expect(result.chosen.method == method)
        #expect(result.chosen.matrix.agrees(with: session.truth, scale: 0.03, degrees: 1.5))
        let bare = Calibrator(input: session.input()).result(method)
        #expect(bare.chosen.method == (method == .lattice ? .lattice : .none))
    }
}
