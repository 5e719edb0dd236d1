import EPUShared
import GRDB

/// With what settings the exposures of a session were taken: nearly always each has one value, and a second one tells of a fault
/// or of two sessions in one folder.
struct SessionSettings: Encodable {
    struct Value: Encodable {
        /// With its unit; nil: not known.
        let value: String?
        let exposures: Int
    }

    struct Setting: Encodable {
        let name: String
        /// The smallest first, what is not known last.
        let values: [Value]
    }

    let settings: [Setting]
    /// Electrons per square Angstrom: it differs from exposure to exposure; nil: of none it is known.
    let dose: Distribution?
    let leastDose: Double?
    let withoutDose: Int

    /// In SQL, of a row of `exposure`, with the unit.
    private static let columns = [
        ("magnification", "magnification", "x"), ("pixel size", "round(pixel_size_a, 4)", " A"),
        ("camera", "ifnull(camera_model, camera)", ""),
        ("counting", "CASE ifnull(counted, counting) WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END", ""),
        ("high tension", "round(high_tension_kv, 2)", " kV"),
    ]

    init(of sessionID: Int64, _ db: Database) throws {
        settings = try Self.columns.map { name, column, unit in
            Setting(name: name, values: try Self.values(of: column, unit: unit, sessionID, db))
        }
        let doses = try Double?.fetchAll(
            db, sql: "SELECT dose_e_per_a2 FROM exposure WHERE session_id = ?", arguments: [sessionID])
        let known = doses.compactMap { $0 }
        dose = Distribution(known)
        leastDose = known.min()
        withoutDose = doses.count - known.count
    }

    private static func values(of column: String, unit: String, _ sessionID: Int64, _ db: Database) throws -> [Value] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT iif(typeof(value) IN ('integer', 'real'), printf('%.8g', value), value), exposures
                FROM (SELECT \(column) AS value, count(*) AS exposures FROM exposure WHERE session_id = ? GROUP BY value)
                ORDER BY value IS NULL, value
                """, arguments: [sessionID])
        return rows.map { row in
            let value: String? = row[0]
            return Value(value: value.map { $0 + unit }, exposures: row[1])
        }
    }

    /// As `("magnification", "105000x (3), 165000x (60)")`.
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
    /// More values than these make a line that nobody reads.
    private static let mostValues = 4

    var text: String {
        guard values.count > 1 else { return values.first?.value ?? "not known" }
        let shown = values.prefix(Self.mostValues).map { "\($0.value ?? "not known") (\($0.exposures))" }
        let more = values.count > shown.count ? " and \(values.count - shown.count) more" : ""
        return shown.joined(separator: ", ") + more
    }
}
