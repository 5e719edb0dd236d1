import EPUArchive
import EPUCore
import GRDB

/// The values of an exposure that calibration and the overlap search need: 88 bytes, as there may be millions of them.
struct SessionExposure: Sendable {
    let exposureID: Int64
    let foilHole: Int64
    let area: Int64
    /// The stage read-back, um.
    let stage: Vector2
    /// The beam shift, beam-shift units.
    let beamShift: Vector2
    var acquired: Timestamp
    /// What it has in common with others.
    let setting: ExposureSetting
    // What is not known is none of the values that there can be: an optional takes twice the room.
    private var diameter: Double
    private var knownDose: Double

    /// An exposure that has nothing in common with others.
    init(
        exposureID: Int64, sessionID: Int64, foilHole: Int64, area: Int64, stage: Vector2, beamShift: Vector2,
        gridSquare: Int64? = nil, acquired: Timestamp = Timestamp(ticks: 0), beamDiameter: Double? = nil,
        dose: Double? = nil, condition: Condition = Condition(probeMode: nil, alphaDegrees: nil)
    ) {
        self.init(
            exposureID: exposureID, foilHole: foilHole, area: area, stage: stage, beamShift: beamShift,
            acquired: acquired, beamDiameter: beamDiameter, dose: dose,
            setting: ExposureSetting(sessionID: sessionID, gridSquare: gridSquare, condition: condition))
    }

    init(
        exposureID: Int64, foilHole: Int64, area: Int64, stage: Vector2, beamShift: Vector2, acquired: Timestamp,
        beamDiameter: Double?, dose: Double?, setting: ExposureSetting
    ) {
        self.exposureID = exposureID
        self.foilHole = foilHole
        self.area = area
        self.stage = stage
        self.beamShift = beamShift
        self.acquired = acquired
        self.setting = setting
        diameter = beamDiameter ?? .nan
        knownDose = dose ?? .nan
    }

    var sessionID: Int64 { setting.sessionID }
    /// nil: not known.
    var gridSquare: Int64? { setting.gridSquare }

    /// The beam diameter, um; nil: not known, as it was not recorded, or a check contradicts it.
    var beamDiameter: Double? {
        get { diameter.isNaN ? nil : diameter }
        set { diameter = newValue ?? .nan }
    }

    /// The dose, electrons per square Angstrom; nil: not known.
    var dose: Double? {
        get { knownDose.isNaN ? nil : knownDose }
        set { knownDose = newValue ?? .nan }
    }

    var condition: Condition { setting.condition }
    /// The cosine of the tilt: a specimen that is tilted about x is seen, and hit, so much shorter along y.
    var cosine: Double { setting.cosine }
    /// The camera field; nil: not known.
    var field: CameraField? { setting.field }
    /// The id of the microscope; nil: not recorded.
    var instrument: String? { setting.instrument }

    /// The exposures of a session in the order in which they were taken; ties are broken by the name.
    static func inTimeOrder(of sessionID: Int64, _ db: Database) throws -> [SessionExposure] {
        var exposures: [SessionExposure] = []
        exposures.reserveCapacity(
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [sessionID]) ?? 0)
        var settings = ExposureSettings()
        var statement = try RowStatement(
            db,
            """
            SELECT exposure_id, foil_hole, area, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y, acquired_at,
                   \(CountedValue.beamDiameter(of: "e")), \(CountedValue.dose(of: "e")),
                   \(ExposureSettings.columns(of: "e"))
            FROM exposure e WHERE session_id = ? ORDER BY acquired_at, name, exposure_id
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            exposures.append(
                SessionExposure(
                    exposureID: row.int(0), foilHole: row.int(1), area: row.int(2),
                    stage: Vector2(row.double(3), row.double(4)), beamShift: Vector2(row.double(5), row.double(6)),
                    acquired: row.string(7).flatMap { Timestamp(archiveText: $0) } ?? Timestamp(ticks: 0),
                    beamDiameter: row.optionalDouble(8), dose: row.optionalDouble(9),
                    setting: settings.setting(row, from: 10)))
        }
        return exposures
    }
}

// MARK: - The order of several sessions

extension SessionExposure {
    /// Whether this exposure was taken before one of another session. Of two taken at once that one was whose name comes first, as
    /// within a session, so that all of them are in one order; then by the place. Only where both are the same in all of this does
    /// it matter which came into the archive first.
    func comesBefore(_ other: SessionExposure) -> Bool {
        guard acquired == other.acquired else { return acquired < other.acquired }
        let (own, others) = (numbersInName, other.numbersInName)
        guard own == others else { return own < others }
        return (stage.x, stage.y, beamShift.x, beamShift.y, exposureID)
            < (other.stage.x, other.stage.y, other.beamShift.x, other.beamShift.y, other.exposureID)
    }

    /// What EPU's names begin with, hole and area: `10_` comes before `9_`.
    private var numbersInName: String { "\(foilHole)_\(area)_" }

    /// The exposures of two sessions or more, which come in time order, in one time order.
    static func merge(_ some: [SessionExposure], _ others: ArraySlice<SessionExposure>) -> [SessionExposure] {
        var merged: [SessionExposure] = []
        merged.reserveCapacity(some.count + others.count)
        var rest = others
        for exposure in some {
            while let other = rest.first, other.comesBefore(exposure) {
                merged.append(other)
                rest.removeFirst()
            }
            merged.append(exposure)
        }
        return merged + rest
    }
}

// MARK: - How far its beam and its field may reach, where they are not known

extension SessionExposure {
    /// The radius of the beam, um, or more.
    var beamReach: Double { (beamDiameter ?? CountedValue.widestUnknownBeam) / 2 }

    /// Half the diagonal of the camera field, as it is seen, um, or more.
    var fieldReach: Double { field?.reach ?? RecordedField.greatestUnknownReach }
}
