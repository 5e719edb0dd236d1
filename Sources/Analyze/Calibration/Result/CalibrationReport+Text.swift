import EPUArchive
import EPUCore

extension CalibrationReport {
    var text: String {
        parts.map { part in
            let name =
                parts.count > 1
                ? "\(session) (\(Condition(probeMode: part.probeMode, tiltDegrees: part.tiltDeg).text))"
                : session
            return name + ": " + part.text
        }.joined(separator: "\n\n")
    }
}

extension CalibrationReport.Candidate {
    /// What the lattice says of the stage's read-backs.
    fileprivate var errorLines: [String] {
        guard let stage = stageErrorUm, let hole = holeErrorUm else { return [] }
        let seen =
            stage < 0.0005
            ? "no error of its read-backs is seen beside that of the holes, \(hole.text(decimals: 3)) um"
            : "its read-backs err by \(stage.text(decimals: 3)) um in x and in y, corrected by the lattice; holes by "
                + "\(hole.text(decimals: 3)) um"
        var lines = ["  stage      " + seen]
        if let backlashUm {
            lines.append(
                "             they lag behind the last move by "
                    + backlashUm.map { $0.text(decimals: 3) }.joined(separator: ", ") + " um")
        }
        if let farthest = stopsAsideUm.first {
            lines.append(
                "             \(counted(stopsAsideUm.count, "stop")) not corrected: \(stopsAsideUm.count == 1 ? "its" : "their") "
                    + "holes lie up to \(farthest.text(decimals: 2)) um aside, more than the stage errs by")
        }
        return lines
    }
}

extension CalibrationReport.Part {
    fileprivate var text: String {
        var lines = [
            "\(counted(exposures, "exposure")) of \(counted(areas, "area")) in \(counted(holes, "hole")), "
                + "\(counted(stops, "stage stop"))"
                + (positions.map { ", \(counted($0, "beam-shift position"))" } ?? "")
                + (positionsInReach.map { " (\($0) within AFIS's radius)" } ?? "")
        ]
        lines.append(
            "  verdict    \(verdict.rawValue)" + (chosen.agrees.isEmpty ? "" : ", confirmed by \(list(chosen.agrees))"))
        lines += reasons.map { "             \($0)" }
        lines.append("  method     \(chosen.method.rawValue) (calibration \(chosen.calibrationID))")
        if let note = chosen.note { lines.append("             \(note)") }
        if chosen.method == .none {
            lines.append("  scale      \(chosen.scale.text(significant: 3)) um per unit")
        } else if chosen.method != .stage {
            lines.append(
                "  scale      \(chosen.scale.text(error: shapeErrors?.scale)) um per unit, singular values "
                    + "\(chosen.singularRatio.text(decimals: 3)) to 1")
            lines.append(
                "  angle      \(chosen.angleDeg.text(error: shapeErrors?.angleDegrees)) degrees, "
                    + (chosen.mirrored ? "mirrored" : "not mirrored"))
        }
        if let foil, let pitchUm { lines.append("  foil       \(foil), pitch \(pitchUm.text(decimals: 3)) um") }
        if let residual = chosen.residualUm {
            var fit =
                "  fit        residual "
                + (chosen.method == .centring && residual < 0.0005 ? "under 0.001" : residual.text(decimals: 3)) + " um"
            if chosen.method == .centring, let holes = chosen.holes { fit += ", \(counted(holes, "hole"))" }
            if let sites = chosen.sites, let holes = chosen.holes {
                fit +=
                    ", \(counted(holes, "hole")) on \(counted(sites, "site")), "
                    + counted(chosen.collisions ?? 0, "collision")
            }
            lines.append(fit)
        }
        lines += chosen.errorLines
        if let stagePairs {
            lines.append((chosen.errorLines.isEmpty ? "  stage      " : "             ") + stagePairs.sentence)
        }
        if let pairs = chosen.numberingPairs, pairs > 0, let hits = chosen.numberingHits {
            lines.append("             \(hits) of \(pairs) successive hole ids from different stops are neighbours")
        }
        if let margin = chosen.margin {
            lines.append("             ahead of the next candidate by \(margin.text(decimals: 1)) in log likelihood")
        }
        guard !others.isEmpty else { return lines.joined(separator: "\n") }
        var table = TextTable([
            "id", "method", "mirrored", "scale", "angle", "ratio", "residual um", "collisions", "id pairs",
        ])
        for other in others {
            table.add([
                "\(other.calibrationID)", other.method.rawValue, other.mirrored ? "yes" : "no",
                other.scale.text(decimals: 2), other.angleDeg.text(decimals: 1), other.singularRatio.text(decimals: 3),
                other.residualUm.map { $0.text(decimals: 3) } ?? "", other.collisions.map(String.init) ?? "",
                other.numberingPairs.map { "\(other.numberingHits ?? 0) of \($0)" } ?? "",
            ])
        }
        return lines.joined(separator: "\n") + "\n  other candidates\n"
            + table.text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    }

    private func list(_ methods: [CalibrationMethod]) -> String { methods.map(\.rawValue).joined(separator: ", ") }

    /// The errors of scale and angle; nil where those of the matrix are not known.
    private var shapeErrors: (scale: Double, angleDegrees: Double)? {
        Matrix2(chosen.matrix).flatMap { matrix in chosen.errors.flatMap(Matrix2.init).map { matrix.errors($0) } }
    }
}
