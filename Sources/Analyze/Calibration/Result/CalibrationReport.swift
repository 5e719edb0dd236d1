import EPUArchive
import EPUCore

/// What `epu-analyze calibrate` prints of one session.
struct CalibrationReport: Encodable {
    struct Candidate: Encodable {
        let calibrationID: Int64
        let method: CalibrationMethod
        /// The elements of the matrix, row by row, um per beam-shift unit.
        let matrix: [Double]
        let errors: [Double]?
        let scale: Double
        let angleDeg: Double
        let mirrored: Bool
        let singularRatio: Double
        let residualUm: Double?
        let stageErrorUm: Double?
        let holeErrorUm: Double?
        /// The backlash along x and y, um.
        let backlashUm: [Double]?
        /// How far those stops miss the lattice that are not corrected, the farthest first, um.
        let stopsAsideUm: [Double]
        let stops: Int?
        let holes: Int?
        let sites: Int?
        let collisions: Int?
        let numberingPairs: Int?
        let numberingHits: Int?
        let margin: Double?
        let agrees: [CalibrationMethod]
        let note: String?

        enum CodingKeys: String, CodingKey {
            case calibrationID = "calibrationId"
            case method, matrix, errors, scale, angleDeg, mirrored, singularRatio, residualUm, stageErrorUm, holeErrorUm
            case backlashUm, stopsAsideUm, stops, holes, sites
            case collisions, numberingPairs, numberingHits, margin, agrees, note
        }

        init(_ id: Int64, _ calibration: Calibration) {
            calibrationID = id
            method = calibration.method
            matrix = calibration.matrix.elements
            errors = calibration.errors?.elements
            scale = calibration.matrix.scale
            angleDeg = calibration.matrix.angleDegrees
            mirrored = calibration.matrix.isMirrored
            singularRatio = calibration.matrix.singularRatio
            residualUm = calibration.residual
            stageErrorUm = calibration.stopErrors?.stop
            holeErrorUm = calibration.stopErrors?.hole
            backlashUm = calibration.stopErrors?.backlash.map { [$0.x, $0.y] }
            stopsAsideUm = (calibration.stopErrors?.stops.compactMap(\.aside) ?? []).sorted(by: >)
            stops = calibration.stops
            holes = calibration.holes
            sites = calibration.lattice?.sites
            collisions = calibration.lattice?.collisions
            numberingPairs = calibration.lattice?.numberingPairs
            numberingHits = calibration.lattice?.numberingHits
            margin = calibration.margin
            agrees = calibration.agrees
            note = calibration.note
        }
    }

    struct Part: Encodable {
        let probeMode: String?
        let tiltDeg: Int
        let exposures: Int
        let holes: Int
        let stops: Int
        let areas: Int
        /// The number of positions of AFIS in use; nil where there is no lattice.
        let positions: Int?
        /// The number of positions that the radius of AFIS and the pitch allow; nil where one of them is not known.
        let positionsInReach: Int?
        let foil: String?
        let pitchUm: Double?
        let stagePairs: StagePairs?
        let verdict: CalibrationVerdict
        let reasons: [String]
        let chosen: Candidate
        let others: [Candidate]
    }

    let session: String
    let parts: [Part]

    init(_ session: SessionRow, _ inputs: [CalibrationInput], _ results: [Calibrator.Result], _ ids: [[Int64]]) {
        self.session = session.name
        parts = zip(zip(inputs, results), ids).map { pair, ids in
            let (input, result) = pair
            let isKnown = result.verdict != .undetermined
            return Part(
                probeMode: input.condition.probeMode, tiltDeg: input.condition.tiltDegrees,
                exposures: input.exposures.count, holes: Set(input.visits.visits.map(\.foilHole)).count,
                stops: input.visits.stops.count, areas: input.visits.areas.count,
                positions: BeamShiftPositions(input)?.positions.count,
                positionsInReach: input.lattice.flatMap { lattice in
                    input.clusterRadius.flatMap {
                        $0 > 0 ? BeamShiftPositions.count(within: $0, lattice, scale: result.chosen.matrix.scale) : nil
                    }
                },
                foil: input.lattice?.kind.rawValue,
                pitchUm: isKnown ? result.chosen.lattice?.pitch : nil,
                stagePairs: input.imagePairs.summary,
                verdict: result.verdict, reasons: result.reasons, chosen: Candidate(ids[0], result.chosen),
                others: zip(ids.dropFirst(), result.others).map { Candidate($0, $1) })
        }
    }
}
