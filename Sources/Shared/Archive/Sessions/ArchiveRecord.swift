public import GRDB

/// A row whose columns have the names of a type's properties in snake case: `dose_e_per_a2` is `doseEPerA2`, and `exposure_id` is
/// `exposureID`.
///
///     struct Line: ArchiveRecord {
///         let exposureID: Int64
///         let distanceUm: Double?
///     }
///     let lines = try Line.fetchAll(db, sql: "SELECT exposure_id, distance_um FROM ...")
///
/// Every row looks its columns up by their names, so this is for hundreds of rows. What there is for each exposure is read by
/// `RowStatement`.
public protocol ArchiveRecord: Decodable, FetchableRecord {}

extension ArchiveRecord {
    public static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy {
        .custom { PropertyName(ofColumn: $0) }
    }
}

private struct PropertyName: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }

    init(ofColumn column: String) {
        let words = column.split(separator: "_")
        let others = words.dropFirst().map { $0 == "id" ? "ID" : $0.prefix(1).uppercased() + $0.dropFirst() }
        self.init(stringValue: words.prefix(1).joined() + others.joined())
    }
}
