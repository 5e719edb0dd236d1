import EPUArchive
import EPUCore
import GRDB

/// The settings with which the exposures of a session were taken. Nearly always each has one value; a second one is a sign of a
/// fault, or of two sessions in one folder.
struct SessionSettings: Encodable {
    struct Value: Encodable {
        /// The value with its unit; nil if it is not known.
        let value: String?
        let exposures: Int
    }

    struct Setting: Encodable {
        let name: String
        /// The values, the smallest first and what is not known last.
        let values: [Value]
    }

    let settings: [Setting]
    /// The dose, e/A^2, which differs from exposure to exposure; nil if it is known of none.
    let dose: Distribution?
    let leastDose: Double?
    let withoutDose: Int
    /// The beam diameters, the commonest first. The summary shows them apart from the other settings.
    let beamDiameters: [SessionSummary.BeamDiameter]

    enum CodingKeys: String, CodingKey {
        case settings, dose, leastDose, withoutDose
    }

    /// The settings: name, SQL for a row of `recorded`, and unit.
    private static let columns = [
        ("magnification", "magnification", "x"), ("pixel size", "round(pixel_size_a, 4)", " A"),
        ("camera", "camera", ""),
        ("counting", "CASE counting WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END", ""),
        ("high tension", "round(high_tension_kv, 2)", " kV"),
    ]
    /// The beam diameter in SQL, um. It is rounded, as round-off makes equal diameters differ in their last digits.
    private static let beamDiameter = "round(beam_diameter_um, 6)"

    /// The exposures, grouped by their settings: all of them are read once, and each question is then asked of these few rows.
    private static let recorded = """
        SELECT magnification, pixel_size_a, ifnull(camera_model, camera) AS camera, ifnull(counted, counting) AS counting,
               high_tension_kv, beam_diameter_um, count(*) AS exposures
        FROM exposure WHERE session_id = ? GROUP BY 1, 2, 3, 4, 5, 6
        """

    init(of sessionID: Int64, _ db: Database) throws {
        let counts = (Self.columns.map { $0.1 } + [Self.beamDiameter]).enumerated().map { number, value in
            "SELECT \(number) AS setting, \(value) AS value, sum(exposures) AS exposures FROM recorded GROUP BY value"
        }
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH recorded AS MATERIALIZED (\(Self.recorded))
                SELECT setting, iif(typeof(value) IN ('integer', 'real'), printf('%.8g', value), value), exposures, value
                FROM (\(counts.joined(separator: " UNION ALL ")))
                ORDER BY setting, value IS NULL, value
                """, arguments: [sessionID])
        let ofSetting = Dictionary(grouping: rows) { $0[0] as Int }
        settings = Self.columns.enumerated().map { number, column in
            let (name, _, unit) = column
            return Setting(
                name: name,
                values: (ofSetting[number] ?? []).map { row in
                    let value: String? = row[1]
                    return Value(value: value.map { $0 + unit }, exposures: row[2])
                })
        }
        beamDiameters = (ofSetting[Self.columns.count] ?? []).map { row in
            SessionSummary.BeamDiameter(beamDiameterUm: row[3], exposures: row[2])
        }.sorted { a, b in
            (b.exposures, a.beamDiameterUm ?? -.infinity) < (a.exposures, b.beamDiameterUm ?? -.infinity)
        }
        let doses = try Double?.fetchAll(
            db, sql: "SELECT dose_e_per_a2 FROM exposure WHERE session_id = ?", arguments: [sessionID])
        let known = doses.compactMap { $0 }
        dose = Distribution(known)
        leastDose = known.min()
        withoutDose = doses.count - known.count
    }

    /// The settings in words, as `("magnification", "105000x (3), 165000x (60)")`.
    var texts: [(name: String, text: String)] { settings.map { ($0.name, $0.text) } + [("dose", doseText)] }

    private var doseText: String {
        guard let dose, let leastDose else { return "not known" }
        let (least, greatest) = (leastDose.text(significant: 3), dose.greatest.text(significant: 3))
        let range = least == greatest ? "" : " (\(least) to \(greatest))"
        let unknown = withoutDose > 0 ? ", not known of \(withoutDose)" : ""
        return "\(dose.median.text(significant: 3)) e/A^2\(range)\(unknown)"
    }
}

extension SessionSettings.Setting {
    /// The greatest number of values in a line: nobody would read more.
    private static let mostValues = 4

    var text: String {
        guard values.count > 1 else { return values.first?.value ?? "not known" }
        let shown = values.prefix(Self.mostValues).map { "\($0.value ?? "not known") (\($0.exposures))" }
        let more = values.count > shown.count ? " and \(values.count - shown.count) more" : ""
        return shown.joined(separator: ", ") + more
    }
}
