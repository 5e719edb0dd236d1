import EPUCore
import Foundation
import Testing

@testable import epu_analyze

/// Numbers of six holes of a Glacios (EPU 3.13) as its files have them, and the least-squares solution that NumPy finds.
@Suite("Calibration by hole images")
struct CentringTests {
    private static let rows: [(hole: Int64, shift: Vector2, offset: Vector2)] = [
        (
            17_721_030, Vector2(0.02514038234949112, 0.011613230220973492),
            Vector2(-0.03219889491268877, -0.05407621600468021)
        ),
        (
            17_721_354, Vector2(0.02082492783665657, 0.009217503480613232),
            Vector2(-0.009650556431787718, 0.07348117574222479)
        ),
        (
            17_722_204, Vector2(0.025849061086773872, 0.010495319031178951),
            Vector2(0.003988909216359991, -0.06009399384237237)
        ),
        (
            17_722_223, Vector2(0.025717133656144142, 0.005823823157697916),
            Vector2(0.12604612817830457, -0.010771067439837231)
        ),
        (
            17_721_790, Vector2(0.02863895706832409, 0.009054513648152351),
            Vector2(0.06832061147125514, -0.11302591906212299)
        ),
        (
            17_721_891, Vector2(0.0264836847782135, 0.010042885318398476),
            Vector2(0.021913717946871244, -0.0709028039309429)
        ),
    ]
    private static let matrix = Matrix2(9.42780724, -26.39433011, -24.07428571, -9.87839131)

    /// Each hole has a stage stop and an image of its own; those without an image take `shift` all the same.
    private static func input(_ holes: [(hole: Int64, shift: Vector2, offset: Vector2?)]) -> CalibrationInput {
        var exposures: [SessionExposure] = []
        var images: [CentredHoleImage] = []
        for (number, hole) in holes.enumerated() {
            let stage = Vector2(40 * Double(number), 17 * Double(number % 3))
            if let offset = hole.offset {
                images.append(
                    CentredHoleImage(
                        id: Int64(number), foilHole: hole.hole, acquired: Timestamp(ticks: Int64(10 * number)),
                        stage: stage, offset: offset))
            }
            var exposure = SessionExposure(
                exposureID: Int64(number + 1), sessionID: 1, foilHole: hole.hole, area: 7, stage: stage,
                beamShift: hole.shift)
            exposure.acquired = Timestamp(ticks: Int64(10 * number + 5))
            exposures.append(exposure)
        }
        var input = CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures)
        input.add(images)
        return input
    }

    private static var six: [(hole: Int64, shift: Vector2, offset: Vector2?)] {
        rows.map { ($0.hole, $0.shift, $0.offset) }
    }

    /// Holes whose offsets have nothing to do with their beam shifts.
    private static func unrelated(_ count: Int, _ random: inout RandomSource) -> [(Int64, Vector2, Vector2?)] {
        (0..<count).map { number in
            (
                Int64(100 + number), 0.005 * Vector2(random.plainNormal(), random.plainNormal()),
                0.1 * Vector2(random.plainNormal(), random.plainNormal())
            )
        }
    }

    @Test("Six holes of a real session prove the matrix, to the last digit of what SciPy finds, and place its area")
    func proves() throws {
        let result = Calibrator(input: Self.input(Self.six)).result(nil)
        let chosen = result.chosen
        #expect((chosen.method, result.verdict) == (.centring, .good))
        #expect(chosen.matrix.difference(from: Self.matrix) < 1e-8)
        #expect(chosen.matrix.isMirrored)
        #expect(chosen.matrix.scale.text(decimals: 2) == "26.99")
        #expect(chosen.matrix.angleDegrees.text(decimals: 1) == "-69.1")
        #expect(try #require(chosen.residual) < 2e-8)
        #expect(abs(chosen.relativeError - (0.03 * 0.03 + pow(.pi / 180, 2)).squareRoot()) < 1e-6)
        let found = try #require(chosen.centring)
        #expect((found.holes, found.beyond, found.isProven) == (6, 6, true))
        let area = try #require(found.areaOffsets[7])
        #expect(area.distance(to: Vector2(-0.03730586, -0.66588055)) < 1e-7)
        #expect(Calibrator(input: Self.input(Self.six)).result(.centring).chosen.method == .centring)
        #expect(Calibrator(input: Self.input(Self.six)).result(.lattice).chosen.method == .none)
    }

    @Test("Holes that EPU centred in another way are left out and named")
    func outliers() throws {
        var random = RandomSource(seed: 3, stream: "test")
        let holes = Self.six + Self.unrelated(4, &random)
        let result = Calibrator(input: Self.input(holes)).result(nil)
        #expect(result.chosen.matrix.difference(from: Self.matrix) < 1e-7)
        let found = try #require(result.chosen.centring)
        #expect((found.holes, found.isProven) == (6, true))
        #expect(found.apart == [100, 101, 102, 103])
        #expect(result.reasons.contains { $0.hasPrefix("4 holes with images of their own do not lie") })
    }

    @Test("Unrelated numbers never prove a matrix, however many there are", arguments: [6, 20, 150, 600])
    func chance(count: Int) {
        for seed in 0..<(count > 100 ? 3 : 30) {
            var random = RandomSource(seed: UInt64(seed), stream: "chance")
            let input = Self.input(Self.unrelated(count, &random))
            let found = CentringMethod.calibration(input)?.centring
            #expect(found?.isProven != true, "seed \(seed)")
            #expect(Calibrator(input: input).result(nil).verdict == .undetermined, "seed \(seed)")
        }
    }

    @Test("Five holes are too few to prove it, and offsets on one line tell no matrix")
    func few() throws {
        let five = try #require(CentringMethod.calibration(Self.input(Array(Self.six.prefix(5)))))
        #expect((five.centring?.beyond, five.centring?.isProven) == (4, false))
        #expect(five.matrix.difference(from: Self.matrix) < 1e-6)
        let result = Calibrator(input: Self.input(Array(Self.six.prefix(5)))).result(nil)
        #expect((result.chosen.method, result.verdict) == (.centring, .doubtful))
        #expect(Calibrator(input: Self.input(Array(Self.six.prefix(3)))).result(nil).chosen.method == .none)
        let line = (0..<9).map { number in
            let shift = 0.001 * Double(number) * Vector2(1, 0.4)
            return (hole: Int64(number), shift: shift, offset: Optional(Self.matrix * shift))
        }
        #expect(CentringMethod.calibration(Self.input(line)) == nil)
    }

    @Test("Holes without an image repeat the last centred one: they are no equations, and are named")
    func repeats() throws {
        var holes: [(hole: Int64, shift: Vector2, offset: Vector2?)] = []
        for (number, row) in Self.six.prefix(5).enumerated() {
            holes.append(row)
            // Of the first, two are shot as it was.
            if number == 0 { holes += [(11, row.shift, nil), (12, row.shift, nil)] }
        }
        let input = Self.input(holes)
        let found = try #require(CentringMethod.calibration(input)?.centring)
        #expect((found.holes, found.beyond) == (5, 4))
        #expect(found.centred.filter { $0.repeats != nil }.map(\.foilHole) == [11, 12])
        #expect(found.centred.filter { $0.repeats != nil }.allSatisfy { $0.repeats == Self.rows[0].hole })
        let reasons = Calibrator(input: input).result(nil).reasons
        #expect(
            reasons.contains("2 of 7 holes were not centred: they repeat the beam shift of the hole before."),
            "\(reasons)")
    }

    @Test("Areas of the template from EpuSession.dm are equations, too; several areas of a hole are not")
    func areas() throws {
        var foil = IdealFoil()
        foil.areas = [1: Vector2(0.5, 0), 2: Vector2(-0.2, 0.4), 3: Vector2(-0.3, -0.4)]
        var input = foil.centredInput(stops: 4, nodes: 1)
        let bare = try #require(CentringMethod.calibration(input)?.centring)
        #expect((bare.holes, bare.beyond) == (4, 2))
        let mean = foil.areas.values.map { $0 }.mean
        for (area, offset) in foil.areas {
            input.areaOffsets[area] =
                Vector2(0.2, -0.3) + foil.centringMatrix() * ((foil.matrix.inverse ?? .identity) * (offset - mean))
        }
        let known = try #require(CentringMethod.calibration(input))
        #expect((known.centring?.holes, known.centring?.beyond, known.centring?.isProven) == (4, 8, true))
        #expect(known.matrix.difference(from: foil.centringMatrix()) < 1e-6)
        for (area, offset) in known.centring?.areaOffsets ?? [:] {
            #expect(offset.distance(to: input.areaOffsets[area] ?? .zero) < 1e-6)
        }
    }

    // MARK: - With AFIS

    @Test("Without a lattice the verdict depends on how far 3 % and 1 degree move the exposures")
    func consequence() throws {
        // Centre holes, and one other from each stop at up to 6 um, on no lattice.
        var random = RandomSource(seed: 5, stream: "lacey")
        let foil = IdealFoil()
        var input = foil.centredInput(nodes: 1)
        var exposures = input.exposures
        for exposure in input.exposures {
            var other = exposure
            let place = Vector2(random.uniform(-6, 6), random.uniform(-6, 6))
            other = SessionExposure(
                exposureID: exposure.exposureID + 1000, sessionID: 1, foilHole: exposure.foilHole + 5_000_000, area: 1,
                stage: exposure.stage, beamShift: (foil.matrix.inverse ?? .identity) * place)
            other.acquired = exposure.acquired
            exposures.append(other)
        }
        exposures.sort { ($0.acquired, $0.exposureID) < ($1.acquired, $1.exposureID) }
        let images = input.holeImages
        input = CalibrationInput(input.condition, exposures)
        input.add(images)
        let result = Calibrator(input: input).result(nil)
        #expect((result.chosen.method, result.verdict) == (.centring, .doubtful))
        #expect(result.chosen.matrix.agrees(with: foil.matrix, scale: 0.05, degrees: 2))
        let reach = input.visits.greatestBeamShift * result.chosen.matrix.singularValues.greater
        let figure = (reach * result.chosen.relativeError).text(significant: 2)
        #expect(result.reasons.contains { $0.hasSuffix("that is up to \(figure) um.") }, "\(result.reasons)")
    }

    @Test(
        "Three to five stops: hole images settle the foil's eight readings, and the lattice scale and direction",
        arguments: 3...5, 1...6 as ClosedRange<UInt64>)
    func fewStops(stops: Int, seed: UInt64) throws {
        var foil = IdealFoil()
        foil.stageError = 0.04
        foil.holeError = 0.03
        foil.seed = seed
        let input = foil.centredInput(stops: stops)
        let result = Calibrator(input: input).result(nil)
        // Three leave an error of about 1 %: used, and said.
        #expect(
            result.verdict == (stops > 3 ? .good : .doubtful),
            "\(result.chosen.method) \(result.chosen.relativeError) \(result.reasons)")
        #expect(
            result.chosen.matrix.agrees(with: foil.matrix),
            "\(result.chosen.method) \(result.chosen.matrix.difference(from: foil.matrix))")
        // Without them the same stops do not.
        let bare = CalibrationInput(input.condition, input.exposures)
        #expect(Calibrator(input: bare).result(nil).verdict != .good || stops > 4)
    }

    @Test(
        "Where hole images say something else than the beam shifts, few stops are not good",
        arguments: 1...8 as ClosedRange<UInt64>)
    func wrongImages(seed: UInt64) {
        var foil = IdealFoil()
        foil.seed = seed
        let result = Calibrator(input: foil.centredInput(stops: 4, centred: 0)).result(nil)
        #expect(result.verdict != .good || result.chosen.matrix.agrees(with: foil.matrix), "\(result.chosen.method)")
    }

    @Test("With many stops the lattice refines it, and a wrong reading of the lattice loses against it")
    func refines() throws {
        let foil = IdealFoil()
        let result = Calibrator(input: foil.centredInput()).result(nil)
        #expect((result.chosen.method, result.verdict) == (.lattice, .good))
        #expect(result.chosen.agrees.contains(.centring))
        #expect(result.chosen.matrix.agrees(with: foil.matrix))
        let images = try #require(result.others.first { $0.method == .centring })
        #expect(images.matrix.difference(from: foil.centringMatrix()) < 1e-6)
        #expect(images.centring?.isProven == true)
        for other in result.others where other.method == .lattice { #expect(!other.isConsistent(with: images)) }
    }

    @Test("The camera's orientation makes two matrices likely, opposite each other")
    func orientation() throws {
        let likely = Calibration.likely(cameraAngle: -91.55)
        #expect(likely.count == 2)
        let nearest = try #require(likely.min { $0.difference(from: Self.matrix) < $1.difference(from: Self.matrix) })
        #expect(abs(nearest.angleDegrees - Self.matrix.angleDegrees) < 1)
        #expect(likely[0].difference(from: -1 * likely[1]) < 1e-9)
    }
}
