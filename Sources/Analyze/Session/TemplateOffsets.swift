import EPUArchive
import EPUCore
import GRDB

/// The places of the template's areas from the hole's centre for each session, in the stage's frame, um, from its EpuSession.dm,
/// or its hole images.
struct TemplateOffsets {
    private var ofSession: [Int64: [Int64: Vector2]] = [:]

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        let list = sessionIDs.sqlList
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT session_id, area, offset_x_um, offset_y_um FROM area_offset WHERE session_id IN (\(list))
                """)
        while let row = try rows.next() {
            ofSession[row[0], default: [:]][row[1]] = Vector2(row[2], row[3])
        }
    }

    /// The offsets in the judged session's frame: on a grid that was turned, the template of an earlier session lies turned.
    /// - Parameter turns: the turns from each session's stage coordinates to those of the judged one.
    func turned(by turns: [Int64: Matrix2]) -> TemplateOffsets {
        var turned = self
        for (session, turn) in turns where turn != .identity {
            turned.ofSession[session] = ofSession[session]?.mapValues { turn * $0 }
        }
        return turned
    }

    func of(_ sessionID: Int64) -> [Int64: Vector2] { ofSession[sessionID] ?? [:] }
}
