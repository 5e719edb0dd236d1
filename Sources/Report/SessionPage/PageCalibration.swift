import EPUArchive
import EPUCore
import GRDB

/// How beam shift was taken to the stage, and how certain that is.
struct PageCalibration {
    private let title: String
    private let facts: [(name: String, value: String)]

    static func all(of choice: AnalysisChoice, _ db: Database) throws -> [PageCalibration] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.* FROM calibration c JOIN analysis_session l USING (calibration_id)
                WHERE l.analysis_id = ? AND l.session_id = ? ORDER BY calibration_id
                """, arguments: [choice.analysisID, choice.session.sessionID]
        ).map(PageCalibration.init)
    }

    private init(_ row: Row) {
        let stored = StoredCalibration(row)
        let condition = stored.conditionText
        title = "Calibration \(stored.calibrationID)" + (condition.isEmpty ? "" : ", \(condition)")
        var facts = [
            ("verdict", stored.verdict.rawValue),
            (
                "method",
                stored.method == .stage
                    ? "not needed: the beam shift is the same in all exposures" : stored.method.rawValue
            ),
        ]
        if let reason = stored.reason { facts.append(("because", reason)) }
        if stored.method.hasDirection {
            let matrix = stored.matrix
            let elements = ["m11", "m12", "m21", "m22"].map { name in
                (row[name] as Double).text(decimals: 3)
                    + ((row["\(name)_error"] as Double?).map { " ± " + $0.text(decimals: 3) } ?? "")
            }
            facts += [
                ("matrix", "\(elements.joined(separator: ", ")) um per unit, row by row"),
                (
                    "shape",
                    "\(matrix.isMirrored ? "mirrored" : "not mirrored"), "
                        + "scale \(matrix.scale.text(decimals: 3)) um per unit, "
                        + "angle \(matrix.angleDegrees.text(decimals: 2)) degrees"
                ),
            ]
        }
        if let ratio: Double = row["singular_ratio"] { facts.append(("anisotropy", ratio.text(decimals: 3) + " to 1")) }
        if let residual: Double = row["residual_um"] {
            facts.append(("residual", residual.text(decimals: 3) + " um rms"))
        }
        if let holes: Int = row["holes"], let sites: Int = row["sites"] {
            let collisions = (row["collisions"] as Int?).map { ", \(counted($0, "collision"))" } ?? ""
            facts.append(("lattice", "\(counted(holes, "hole")) on \(counted(sites, "site"))\(collisions)"))
        }
        if let stage: Double = row["stage_error_um"], let holes: Double = row["hole_error_um"] {
            facts.append(
                (
                    "stage read-backs, by the lattice",
                    "\(stage.text(decimals: 3)) um; holes \(holes.text(decimals: 3)) um"
                ))
        }
        if let pairs: Int = row["stage_pairs"], let x: Double = row["stage_pairs_x_um"],
            let y: Double = row["stage_pairs_y_um"]
        {
            facts.append(("stage", StagePairs(pairs: pairs, xUm: x, yUm: y).sentence))
        }
        if let stops: Int = row["stops"] { facts.append(("stage stops", "\(stops)")) }
        if let margin: Double = row["margin"] {
            facts.append(("ahead of the next candidate", margin.text(decimals: 1) + " in log likelihood"))
        }
        self.facts = facts.map { (name: $0.0, value: $0.1) }
    }

    var html: HTML {
        """
        <h3>\(title)</h3>
        <dl class="facts">\(facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML }.joined())</dl>
        """
    }
}
