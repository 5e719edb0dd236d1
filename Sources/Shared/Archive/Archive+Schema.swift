import Foundation

extension Archive {
    /// The SQL that makes an archive: `schema.sql`.
    public static var schema: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }
}
