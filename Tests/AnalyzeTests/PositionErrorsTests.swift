import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure
private typealias Stop = SampleArchive.Stop

@Suite("Errors of displacements between sessions, and of shares of fields")
struct PositionErrorsTests {
    /// One exposure of each of two sessions, at the mean beam shift, with stops known to 0.03 and 0.04 um.
    private func errors(move: GridMove?, _ errors: Matrix2? = Matrix2(scale: 0)) throws -> PositionErrors {
        let analysing = try Analysing()
        var calibrations: [Int64] = []
        for (session, error) in [("s", 0.03), ("t", 0.04)] {
            try analysing.sample.add(session, [Exposure(time: 0)])
            calibrations.append(try analysing.sample.calibrate(session, errors: errors, stops: [Stop(error: error)]))
        }
        return try analysing.sample.archive.read { db in
            let stored = try calibrations.map { try StoredCalibration.stored($0, db) }
            let exposures = try SessionExposure.inTimeOrder(of: 1, db) + SessionExposure.inTimeOrder(of: 2, db)
            let placing = try ExposurePlacing(
                stored, exposures, judging: 1, moves: move.map { [2: $0] } ?? [:], db)
            return PositionErrors(exposures, placing, calibration: OptionalIndexColumn([0, 1]))
        }
    }

    @Test("Across sessions the offset's error is added: 0.03, 0.04 and 0.12 um make 0.13")
    func offset() throws {
        let measured = try errors(move: GridMove(centre: .zero, target: Vector2(5, 0), error: 0.12))
        #expect(measured.ofDisplacement(0, 1).map { abs($0 - 0.13) < 1e-12 } == true)
        #expect(measured.error(of: 0).map { abs($0 - 0.03) < 1e-12 } == true)
        #expect(try errors(move: GridMove.none).ofDisplacement(0, 1) == nil, "not measured")
        #expect(try errors(move: nil).ofDisplacement(0, 1) == nil)
    }

    @Test("Of a matrix without errors nothing follows, but where the beam was never shifted it adds none")
    func matrix() throws {
        let move = GridMove(centre: .zero, target: .zero, error: 0)
        #expect(try errors(move: move, nil).ofDisplacement(0, 1) == nil)
        #expect(try errors(move: move, nil).error(of: 1) == nil)
    }

    @Test(
        "The probability of a share of the field is that of displacements drawn at random", arguments: [0.3, 0.6, 0.95])
    func share(least: Double) throws {
        let analysing = try Analysing()
        // A beam of 0.5 um, 0.3 um beside a field of 0.4 x 0.3 um.
        try analysing.sample.add(
            "s",
            [Exposure(hole: 1, time: 0), Exposure(hole: 2, stage: Vector2(0.3, 0.1), time: 60)],
            beamDiameter: 0.5, dose: 40, field: (0.4, 0.3), fieldAngle: 20)
        let id = try analysing.sample.calibrate("s", stops: [Stop(error: 0.06), Stop(error: 0.08)])
        let criteria = OverlapCriteria(radius: 0.45, minFieldOverlap: least)
        let relations = try analysing.sample.archive.read { db in
            let stored = [try StoredCalibration.stored(id, db)]
            let exposures = try SessionExposure.inTimeOrder(of: 1, db)
            return try ExposureRelations(
                exposures, ExposurePlacing(stored, exposures, judging: 1, db), sessionIDs: [1], db)
        }
        let distance = relations.positions[0].distance(to: relations.positions[1])
        let found = PairProbability(relations: relations, criteria: criteria).of(0, 1, distance: distance)
        var random = RandomSource(seed: 7, stream: "share")
        var met = 0
        let draws = 40_000
        for _ in 0..<draws {
            let length = 0.1 * (-2 * log(1 - random.uniform(0, 1))).squareRoot()
            let angle = random.uniform(0, 2 * .pi)
            let error = Vector2(length * cos(angle), length * sin(angle))
            let isNear = (Vector2(0.3, 0.1) - error).length <= 0.45
            if isNear, (relations.fieldShare(of: 0, movedBy: error, on: 1) ?? 0) >= least { met += 1 }
        }
        let expected = Double(met) / Double(draws)
        #expect(found.map { abs($0 - expected) < 0.03 } == true, "\(expected), not \(String(describing: found))")
    }
}
