import EPUArchive
import EPUCore
import GRDB

/// The micrographs of a session that could be either way: those that count as overexposed with a probability that is below 95 %
/// or not known, and the possible overexposures.
struct PageUncertain {
    private struct Line: ArchiveRecord {
        let name: String
        let earlier: String
        let distanceUm: Double
        /// The probability; nil if it is not known, because the exposure's stage stop lies aside.
        let probability: Double?
        let isOverexposed: Bool
    }

    /// The greatest number of micrographs that a page lists: more would hide the rest of it. The lists and views have all.
    private static let mostListed = 100

    private let listed: [Line]
    private let count: Int

    init(of choice: AnalysisChoice, _ db: Database) throws {
        let counts = choice.unknowns.counts
        count = counts.uncertain + counts.ofUnknownCertainty + counts.possible
        listed = try Line.fetchAll(
            db,
            sql: """
                SELECT * FROM (
                    SELECT o.name, o.earlier, o.distance_um, o.probability, 1 AS is_overexposed, e.acquired_at
                    FROM all_overexposed o JOIN exposure e ON e.exposure_id = o.later_id
                    WHERE o.analysis_id = ?1 AND e.session_id = ?2
                        AND (o.probability < ?3 OR \(UncertainCounts.unknownSQL))
                    UNION ALL
                    SELECT o.name, o.earlier, o.distance_um, o.probability, 0, e.acquired_at
                    FROM all_possibly_overexposed o JOIN exposure e ON e.exposure_id = o.later_id
                    WHERE o.analysis_id = ?1 AND e.session_id = ?2)
                ORDER BY acquired_at, name LIMIT ?4
                """,
            arguments: [choice.analysisID, choice.session.sessionID, UncertainCounts.certain, Self.mostListed])
    }

    /// The section as HTML; empty if all are certain.
    var section: HTML {
        guard !listed.isEmpty else { return "" }
        let rows = listed.map { line in
            """
            <tr><td>\(line.name)</td><td>\(line.earlier)</td><td class="number">\(line.distanceUm.text(decimals: 3))</td>\
            <td class="number">\(line.probability.map { (100 * $0).text(decimals: 0) } ?? "not known")</td>\
            <td>\(line.isOverexposed ? "overexposed" : "kept")</td></tr>
            """ as HTML
        }
        return """
            <section id="uncertain"><h2>Could be either way</h2>
            <p class="faint">Positions are known to some error, so these are overexposed only with the probability shown.\
            \(.when(listed.contains { $0.probability == nil },
                    " Where it is not known, the stage stop lies aside of the foil's lattice: look at the pictures."))\
            \(.when(count > listed.count, " The first \(listed.count) of \(count); exposures.csv has all."))</p>
            <div class="table"><table><thead><tr><th>micrograph</th><th>earlier one</th><th class="number">distance, µm</th>\
            <th class="number">probability, %</th><th>counts as</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            </section>
            """
    }
}
