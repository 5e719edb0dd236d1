import EPUShared
import GRDB

/// What an analysis found, as it is printed.
struct OverlapResult: Encodable {
    struct Calibration: Encodable {
        let calibrationID: Int64
        let matrix: [Double]
        let method: CalibrationMethod
        let verdict: CalibrationVerdict

        enum CodingKeys: String, CodingKey {
            case calibrationID = "calibrationId"
            case matrix, method, verdict
        }

        init(_ stored: StoredCalibration) {
            calibrationID = stored.calibrationID
            matrix = stored.matrix.elements
            method = stored.method
            verdict = stored.verdict
        }

        var text: String {
            let numbers = matrix.map { $0.text() }
            let isScale = matrix[1] == 0 && matrix[2] == 0 && matrix[0] == matrix[3]
            let origin = method == .given ? "" : ", \(method.rawValue), \(verdict.rawValue)"
            return (isScale ? "k \(numbers[0])" : "matrix \(numbers.joined(separator: ","))")
                + " (calibration \(calibrationID)\(origin))"
        }
    }

    /// Of the stage coordinates of a session against the first one's.
    struct Offset: Encodable {
        let session: String
        let xUm: Double
        let yUm: Double
        /// Nil: not measured.
        let errorUm: Double?
    }

    let analysisID: Int64
    let sessions: [String]
    let calibrations: [Calibration]
    let radiusUm: Double?
    let minFieldOverlap: Double?
    let minPreDoseEPerA2: Double?
    let countNeighbours: Bool
    let offsets: [Offset]
    let exposures: Int
    let pairs: Int
    let overexposed: Int
    let causes: [String: Int]
    let incidents: [IncidentRow]
    let withoutDose: Int
    let withoutBeamDiameter: Int
    let withoutField: Int
    let notJudged: Int
    private let criteria: OverlapCriteria

    enum CodingKeys: String, CodingKey {
        case analysisID = "analysisId"
        case sessions, calibrations, radiusUm, minFieldOverlap, minPreDoseEPerA2, countNeighbours, offsets, exposures
        case pairs, overexposed, causes, incidents, withoutDose, withoutBeamDiameter, withoutField, notJudged
    }

    init(
        analysisID: Int64, sessions: [SessionRow], calibrations: [StoredCalibration], criteria: OverlapCriteria,
        offsets: [Int64: SessionOffset], exposures: Int, causes: [OverlapCause: Int], gaps: BeamGaps,
        incidents: [IncidentRow], notJudged: Int
    ) {
        self.analysisID = analysisID
        self.sessions = sessions.map(\.name)
        self.calibrations = calibrations.map(Calibration.init)
        self.criteria = criteria
        radiusUm = criteria.radius
        minFieldOverlap = criteria.minFieldOverlap
        minPreDoseEPerA2 = criteria.minPreDose
        countNeighbours = criteria.countNeighbours
        self.offsets = sessions.dropFirst().map { session in
            let offset = offsets[session.sessionID] ?? .none
            return Offset(session: session.name, xUm: offset.vector.x, yUm: offset.vector.y, errorUm: offset.error)
        }
        self.exposures = exposures
        pairs = causes.values.reduce(0, +)
        overexposed = incidents.reduce(0) { $0 + $1.micrographs }
        self.causes = Dictionary(uniqueKeysWithValues: causes.map { ($0.rawValue, $1) })
        self.incidents = incidents
        withoutDose = gaps.dose
        withoutBeamDiameter = gaps.beamDiameter
        withoutField = gaps.field
        self.notJudged = notJudged
    }
}

/// Exposures for which EPU recorded too little, and nobody said what to take.
struct BeamGaps {
    var dose = 0
    var beamDiameter = 0
    var field = 0

    /// - Parameter exposures: with what was assumed.
    init(_ exposures: [SessionExposure]) {
        dose = exposures.count { $0.dose == nil }
        beamDiameter = exposures.count { $0.beamDiameter == nil }
        field = exposures.count { $0.field == nil }
    }

    init(of analysisID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT without_dose, without_beam_diameter, without_field FROM analysis WHERE analysis_id = ?",
            arguments: [analysisID])
        if let row { (dose, beamDiameter, field) = (row[0], row[1], row[2]) }
    }
}

// MARK: - Text

extension OverlapResult {
    var text: String {
        var lines = [
            "\(sessions.joined(separator: ", ")): \(counted(exposures, "exposure")), "
                + "\(Set(calibrations.map(\.text)).sorted().joined(separator: "; ")), \(criteria.text) "
                + "(analysis \(analysisID))"
        ]
        lines += notes
        if pairs > 0 {
            let parts = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
            lines.append("\(counted(pairs, "overlap pair")): \(parts.joined(separator: ", "))")
        }
        guard overexposed > 0 else { return (lines + [criteria.noneText]).joined(separator: "\n") }
        let share = 100 * Double(overexposed) / Double(exposures)
        lines += IncidentRow.lines(incidents)
        lines.append("\(overexposed) of \(exposures) overexposed (\(share.text(decimals: 1)) %)")
        return lines.joined(separator: "\n")
    }

    private var notes: [String] {
        var lines: [String] = []
        if calibrations.contains(where: { $0.verdict == .undetermined }) {
            lines.append(
                "the calibration is undetermined (see `epu-analyze calibrate`): only overlaps within a stage stop, and those "
                    + "that any matrix would give")
        }
        if sessions.count > 1, calibrations.contains(where: { $0.method == .stage }) {
            lines.append("a session whose beam was never shifted has no matrix, and is not compared with the others")
        }
        for offset in offsets {
            lines.append(
                offset.errorUm.map { error in
                    "\(offset.session) lies at \(offset.xUm.text(decimals: 2)), \(offset.yUm.text(decimals: 2)) "
                        + "+- \(error.text(decimals: 2)) um from \(sessions[0]), which is taken into account"
                }
                    ?? "\(offset.session): its offset from \(sessions[0]) cannot be measured and is taken as 0")
        }
        if notJudged > 0 {
            lines.append("\(counted(notJudged, "exposure")) not judged: unreadable, see source_problems")
        }
        // Where nothing is overexposed by distance nobody asks what it had received.
        guard criteria.needsFields || overexposed > 0 else { return lines }
        if withoutBeamDiameter > 0 {
            lines.append(
                "\(counted(withoutBeamDiameter, "exposure")) without beam diameter: they cover nothing unless you give "
                    + "--missing-beam-diameter UM")
        }
        if withoutDose > 0 {
            lines.append(
                "\(counted(withoutDose, "exposure")) without dose: what they add to others is not known unless you give "
                    + "--missing-dose D")
        }
        if withoutField > 0, criteria.needsFields {
            lines.append("\(counted(withoutField, "exposure")) without image or pixel size: their field is not known")
        }
        return lines
    }
}
