import EPUArchive
import EPUCore
import GRDB

/// How beam shift was taken to the stage, and how certain that is.
struct PageCalibration {
    private let title: String
    private let facts: [(name: String, value: String)]
    /// How good it is, in a few words: `good (lattice), known to 0.1 %`.
    let quality: String

    static func all(of choice: AnalysisChoice, _ db: Database) throws -> [PageCalibration] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT c.* FROM calibration c JOIN analysis_session l USING (calibration_id)
                WHERE l.analysis_id = ? AND l.session_id = ? ORDER BY calibration_id
                """, arguments: [choice.analysisID, choice.session.sessionID])
        return try rows.map { PageCalibration(try StoredCalibration(row: $0), try Quality(row: $0)) }
    }

    /// What the session itself says of how good its calibration is, in columns of `calibration`.
    private struct Quality: ArchiveRecord {
        let singularRatio, residualUm, stageErrorUm, holeErrorUm, stagePairsXUm, stagePairsYUm, margin: Double?
        let holes, sites, collisions, stagePairs, stops: Int?
    }

    private init(_ stored: StoredCalibration, _ quality: Quality) {
        let condition = stored.conditionText
        title = "Calibration \(stored.calibrationID)" + (condition.isEmpty ? "" : ", \(condition)")
        self.quality = Self.quality(of: stored)
        var facts = [
            ("verdict", stored.verdict.rawValue),
            (
                "method",
                stored.method == .stage
                    ? "not needed: the beam shift is the same in all exposures" : stored.method.rawValue
            ),
        ]
        if let reason = stored.reason { facts.append(("because", PageUnits.typeset(reason))) }
        if stored.method.hasDirection {
            let matrix = stored.matrix
            let elements = matrix.elements.enumerated().map { index, element in
                element.text(decimals: 3)
                    + (stored.errors.map { " ± " + $0.elements[index].text(decimals: 3) } ?? "")
            }
            facts += [
                ("matrix", "\(elements.joined(separator: ", ")) µm per unit, row by row"),
                (
                    "shape",
                    "\(matrix.isMirrored ? "mirrored" : "not mirrored"), "
                        + "scale \(matrix.scale.text(decimals: 3)) µm per unit, "
                        + "angle \(matrix.angleDegrees.text(decimals: 2)) degrees"
                ),
            ]
        }
        if let ratio = quality.singularRatio { facts.append(("anisotropy", ratio.text(decimals: 3) + " to 1")) }
        if let residual = quality.residualUm {
            facts.append(("residual", residual.text(decimals: 3) + " µm rms"))
        }
        if let holes = quality.holes, let sites = quality.sites {
            let collisions = quality.collisions.map { ", \(counted($0, "collision"))" } ?? ""
            facts.append(("lattice", "\(counted(holes, "hole")) on \(counted(sites, "site"))\(collisions)"))
        }
        if let stage = quality.stageErrorUm, let holes = quality.holeErrorUm {
            facts.append(
                (
                    "stage read-backs, by the lattice",
                    "\(stage.text(decimals: 3)) µm; holes \(holes.text(decimals: 3)) µm"
                ))
        }
        if let pairs = quality.stagePairs, let x = quality.stagePairsXUm, let y = quality.stagePairsYUm {
            facts.append(("stage", PageUnits.typeset(StagePairs(pairs: pairs, xUm: x, yUm: y).sentence)))
        }
        if let stops = quality.stops { facts.append(("stage stops", "\(stops)")) }
        if let margin = quality.margin {
            facts.append(("ahead of the next candidate", margin.text(decimals: 1) + " in log likelihood"))
        }
        self.facts = facts.map { (name: $0.0, value: $0.1) }
    }

    private static func quality(of stored: StoredCalibration) -> String {
        guard stored.method != .stage else { return "not needed: the beam shift is the same in all exposures" }
        let condition = stored.conditionText.isEmpty ? "" : " for \(stored.conditionText)"
        let method = stored.method.hasDirection ? " (\(stored.method.rawValue))" : ""
        // The root mean square of the elements' errors, as a part of the scale.
        let error = stored.errors.map { errors in
            let squares = errors.elements.reduce(0) { $0 + $1 * $1 }
            return ", known to \((100 * (squares / 2).squareRoot() / stored.matrix.scale).text(significant: 2)) %"
        }
        return stored.verdict.rawValue + method + condition + (stored.method.hasDirection ? error ?? "" : "")
    }

    var html: HTML {
        """
        <h3>\(title)</h3>
        <dl class="facts">\(facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML }.joined())</dl>
        """
    }
}
