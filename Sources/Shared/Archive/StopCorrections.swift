public import EPUCore
public import GRDB

/// The stage stops of calibrations, by exposure: by how much the read-backs of each are wrong, and how well that is known.
///
/// A stop is a run of exposures of one session and condition, in time order. A calibration that says nothing of its stops has
/// none here, and a matrix that a person gave has none either.
public struct StopCorrections: Sendable {
    public struct Stop: Sendable {
        /// The error of the read-backs, to be taken from them, um; zero where it is not known.
        public let correction: Vector2
        /// The standard error, in x and in y, of where the stop's exposures lie among those of its square, um; nil where it is
        /// not known.
        public let error: Double?
    }

    public let stops: [Stop]
    private let ofExposure: IDIndex

    /// No stops.
    public init() { (stops, ofExposure) = ([], IDIndex(0..<0) { _ in nil }) }

    /// The stops of calibrations.
    /// - Parameter exposures: The ids of the exposures that each calibration is for, from the session's first on, in time order.
    public init(_ calibrations: [(calibrationID: Int64, exposures: [Int64])], _ db: Database) throws {
        var stops: [Stop] = []
        var ids: [Int64] = []
        var numbers: [Int32] = []
        for (calibrationID, exposures) in calibrations {
            let rows = try StopRow.all(of: calibrationID, db)
            guard rows.contains(where: \.saysSomething) else { continue }
            let first = Dictionary(rows.map { ($0.firstExposureID, $0) }, uniquingKeysWith: { a, _ in a })
            var left = 0
            for id in exposures {
                if let row = first[id] {
                    stops.append(row.stop)
                    left = row.exposures
                }
                guard left > 0 else { continue }
                ids.append(id)
                numbers.append(Int32(clamping: stops.count - 1))
                left -= 1
            }
        }
        self.stops = stops
        ofExposure = IDIndex(ids.indices, number: { Int(numbers[$0]) }, id: { ids[$0] })
    }

    /// The index of an exposure's stop; nil where it has none.
    public func index(of exposureID: Int64) -> Int? { ofExposure[exposureID] }

    /// The correction that is to be taken from the read-backs of an exposure, um; zero where it is not known.
    public func correction(of exposureID: Int64) -> Vector2 {
        stops.isEmpty ? .zero : index(of: exposureID).map { stops[$0].correction } ?? .zero
    }

    /// A short text for what the stops of a calibration say: where the texts differ, positions are not the same. Nil where they
    /// say nothing. It holds ids of exposures: archives that are joined get other texts for the same.
    public static func digest(of calibrationID: Int64, in schema: String = "main", _ db: Database) throws -> String? {
        let rows = try StopRow.all(of: calibrationID, in: schema, db).filter(\.saysSomething)
        guard !rows.isEmpty else { return nil }
        // The hash is FNV-1a, of words instead of bytes (http://www.isthe.com/chongo/tech/comp/fnv/).
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for word in rows.flatMap(\.words) { hash = (hash ^ word) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

/// A row of `stage_stop`.
private struct StopRow {
    let firstExposureID: Int64
    let exposures: Int
    private let numbers: [Double?]

    static func all(of calibrationID: Int64, in schema: String = "main", _ db: Database) throws -> [StopRow] {
        var statement = try RowStatement(
            db,
            """
            SELECT first_exposure_id, exposures, correction_x_um, correction_y_um, error_um, aside_um
            FROM \(schema).stage_stop WHERE calibration_id = ? ORDER BY stop
            """)
        statement.bind(calibrationID)
        var rows: [StopRow] = []
        try statement.forEachRow { row in
            rows.append(
                StopRow(
                    firstExposureID: row.int(0), exposures: Int(row.int(1)),
                    numbers: [
                        row.optionalDouble(2), row.optionalDouble(3), row.optionalDouble(4), row.optionalDouble(5),
                    ]))
        }
        return rows
    }

    var saysSomething: Bool { numbers.contains { $0 != nil } }

    var words: [UInt64] {
        [UInt64(bitPattern: firstExposureID), UInt64(bitPattern: Int64(exposures))]
            + numbers.map { $0?.bitPattern ?? .max }
    }

    /// The stop as analyses use it. Of a stop that lies aside nobody knows whether the stage or the holes are to blame: its
    /// exposures stay where the read-backs have them, so that a missed hole is not hidden, and their error is not known.
    var stop: StopCorrections.Stop {
        StopCorrections.Stop(
            correction: Vector2(numbers[0] ?? 0, numbers[1] ?? 0), error: numbers[3] == nil ? numbers[2] : nil)
    }
}
