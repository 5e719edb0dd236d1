import EPUArchive
import EPUCore
import GRDB
import Testing

@Suite("Recorded camera fields")
struct RecordedFieldTests {
    private struct Recorded {
        var columns: Double? = 4000
        var lines: Double? = 3000
        var pixelSize: Double? = 1.25
        var pixelSizeY: Double?
        var isDoubtful = false

        /// The field's shorter side by the SQL of the archive, um.
        func shorterSide() throws -> Double? {
            try DatabaseQueue().read { db in
                try Double.fetchOne(
                    db,
                    sql: """
                        SELECT \(RecordedField.shorterSide(of: "e")) FROM (
                            SELECT ? AS readout_width_px, ? AS readout_height_px, ? AS pixel_size_a, ? AS pixel_size_y_a,
                                   ? AS pixel_size_doubtful) e
                        """, arguments: [columns, lines, pixelSize, pixelSizeY, isDoubtful])
            }
        }

        var field: RecordedField? {
            RecordedField(
                columns: columns, lines: lines, pixelSize: isDoubtful ? nil : pixelSize, pixelSizeY: pixelSizeY,
                imageToStage: nil)
        }
    }

    @Test("The archive's shorter side of a field is that of the field itself, and unknown where that is")
    func shorterSide() throws {
        let known = [
            Recorded(), Recorded(lines: 5000), Recorded(pixelSizeY: 0.5), Recorded(lines: 5000, pixelSizeY: 2),
        ]
        for recorded in known {
            let field = try #require(recorded.field)
            let side = try #require(try recorded.shorterSide())
            #expect(abs(side - min(field.width, field.height)) < 1e-12)
        }
        let unknown = [
            Recorded(columns: nil), Recorded(lines: 0), Recorded(pixelSize: nil), Recorded(pixelSize: 0),
            Recorded(pixelSizeY: 0), Recorded(isDoubtful: true),
        ]
        for recorded in unknown {
            #expect(recorded.field == nil)
            #expect(try recorded.shorterSide() == nil)
        }
    }
}
