import EPUArchive
import EPUCore

/// The key figures of a session: eight, so that they stand in even rows.
extension SessionPage {
    /// A number under a name, with a few words on it.
    private typealias Figure = (name: String, value: String, more: String?)

    var keyFigures: HTML {
        let figures = [micrographs, overexposed, incidentCount, doseBefore, radius, precision, hours, reviewed]
        return """
            <dl class="figures">\(figures.map { name, value, more in
                "<div><dt>\(name)</dt><dd>\(value)\(more.map { "<small>\($0)</small>" as HTML } ?? "")</dd></div>" as HTML
            }.joined())</dl>
            """
    }

    private var micrographs: Figure {
        let holes = counted(summary.foilHoles, "foil hole") + " in " + counted(summary.gridSquares, "grid square")
        let undecided = analysis.undecided > 0 ? "; \(analysis.undecided) could not be judged" : ""
        return ("micrographs", "\(summary.exposures)", holes + undecided)
    }

    private var countText: String {
        analysis.unknowns.countText(analysis.overexposed, of: data.judged - analysis.undecided)
    }

    private var overexposed: Figure {
        let share = analysis.unknowns.shareText(analysis.overexposed, of: data.judged - analysis.undecided)
        let possible =
            analysis.possible > 0
            ? "\(analysis.possible) more may be (probability \(analysis.unknowns.counts.rangeText))" : nil
        let isNoneFound = analysis.overexposed == 0 && data.judged > analysis.undecided
        let lack = isNoneFound && !analysis.unknowns.isClean ? "none found \(Unknowns.asFarAsCompared)" : nil
        let parts = [share == countText || lack != nil ? nil : "\(share) %", lack, possible].compactMap { $0 }
        return ("overexposed", countText, parts.isEmpty ? nil : parts.joined(separator: "; "))
    }

    private var incidentCount: Figure {
        let most = analysis.incidents.byCost.first
        return (
            "incidents", countText == "not known" ? countText : "\(analysis.incidents.count)",
            most.map { "the costliest: \(counted($0.micrographs, "micrograph"))" }
        )
    }

    private var doseBefore: Figure {
        let dose = averageDose.map { "\($0.text(decimals: 1)) e⁻/Å²" }
        return (
            "dose before, of the overexposed", dose ?? (analysis.overexposed > 0 ? "not known" : "none"),
            dose == nil ? nil : "mean"
        )
    }

    private var radius: Figure {
        let beam =
            summary.beamDiameters.first.map { beam in
                (beam.beamDiameterUm.map { "beam diameter \($0.text(decimals: 2)) µm" } ?? "beam diameter not recorded")
                    + (summary.beamDiameters.count > 1 ? " and \(summary.beamDiameters.count - 1) more" : "")
            }
        return ("radius", choice.criteria.radius.map { PageUnits.typeset("\($0.text()) um") } ?? "any", beam)
    }

    private var precision: Figure {
        let error = analysis.positionErrorUm
        return (
            "positions known to", error.map { "\($0.text(decimals: 3)) µm" } ?? "not known",
            error == nil ? nil : "in x and in y, median"
        )
    }

    private var hours: Figure {
        let rate = data.rate
        let number = rate.exposuresPerHour?.text(decimals: 0)
        let perHour = number.map { "\($0) exposures an hour" } ?? "exposures an hour not known"
        let minutes = (AcquisitionRate.longestInterval / 60).text()
        let pauses =
            rate.pauses > 0
            ? ", without \(counted(rate.pauses, "pause")) of more than \(minutes) minutes: "
                + "\(rate.pausedHours.text(decimals: 1)) h"
            : ""
        return ("hours", rate.hours.text(decimals: 1), perHour + pauses)
    }

    private var reviewed: Figure {
        let count = summary.reviewedKeep + summary.reviewedBad
        return ("reviewed by a person", count > 0 ? "\(count)" : "none", count > 0 ? "\(summary.reviewedBad) bad" : nil)
    }

    /// The mean dose before of the overexposed, e/A^2; nil if it is not known of all incidents.
    private var averageDose: Double? {
        let known = analysis.incidents.compactMap { incident in
            incident.preDoseEPerA2.map { ($0 * Double(incident.micrographs), incident.micrographs) }
        }
        guard !known.isEmpty, known.count == analysis.incidents.count else { return nil }
        return known.reduce(0) { $0 + $1.0 } / Double(known.reduce(0) { $0 + $1.1 })
    }
}
