import EPUArchive
import EPUFormat
import GRDB

/// Writes the values of CustomData that have no column.
struct CustomValueWriter {
    private var insert: RowStatement
    private var delete: RowStatement

    init(_ db: Database) throws {
        insert = try RowStatement(
            db, "INSERT INTO custom_value (source_file_id, key, type, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        delete = try RowStatement(db, "DELETE FROM custom_value WHERE source_file_id = ?")
    }

    mutating func store(_ values: [CustomValue], fileID: Int64, isNew: Bool) throws {
        if !isNew {
            delete.bind(fileID)
            try delete.run()
        }
        for value in values {
            insert.bind(fileID)
            insert.bind(value.key)
            insert.bind(value.type)
            insert.bind(value.value)
            try insert.run()
        }
    }
}
