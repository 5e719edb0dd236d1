import EPUArchive
import EPUCore
import GRDB

/// How beam shift was taken to the stage, and how sure that is.
struct PageCalibration {
    let verdict: String
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
        verdict = row["verdict"]
        let method: String = row["method"]
        let condition = Condition(probeMode: row["probe_mode"], tiltDegrees: Int(row["tilt_deg"] ?? 0.0)).text
        title = "Calibration \(row["calibration_id"] as Int64)" + (condition.isEmpty ? "" : ", \(condition)")
        var facts = [
            ("verdict", verdict),
            ("method", method == "stage" ? "not needed: the beam shift is the same in all exposures" : method),
        ]
        if let reason: String = row["reason"] { facts.append(("because", reason)) }
        if method != "stage", method != "none" {
            let elements = ["m11", "m12", "m21", "m22"].map { name in
                (row[name] as Double).text(decimals: 3)
                    + ((row["\(name)_error"] as Double?).map { " ± " + $0.text(decimals: 3) } ?? "")
            }
            let isMirrored: Bool = row["mirrored"]
            facts += [
                ("matrix", "\(elements.joined(separator: ", ")) um per unit, row by row"),
                (
                    "shape",
                    "\(isMirrored ? "mirrored" : "not mirrored"), "
                        + "scale \((row["scale"] as Double).text(decimals: 3)) um per unit, "
                        + "angle \((row["angle_deg"] as Double).text(decimals: 2)) degrees"
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
