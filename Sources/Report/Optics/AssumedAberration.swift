import EPUArchive
import EPUCore
import GRDB

/// Signs that the assumed spherical aberration is wrong for a session: EPU does not record the aberration.
struct AssumedAberration {
    /// The spherical aberration of Krios, Glacios and Talos Arctica, mm.
    static let usual = 2.7
    /// The spherical aberration of Tundra, mm.
    static let ofTundra = 1.6
    /// The voltage below which the usual aberration is not expected, kV: the columns that have it are of 200 and 300 kV.
    private static let leastUsualVoltage = 150.0

    private let session: String
    /// The least voltage, kV, if it is below the usual ones; else, or if none is recorded, nil.
    private let lowVoltage: Double?
    private let isTundra: Bool

    init(of optics: OpticsSession, _ db: Database) throws {
        session = optics.session.name
        lowVoltage = optics.leastVoltage.flatMap { $0 < Self.leastUsualVoltage ? $0 : nil }
        isTundra =
            try optics.isTundra
            || Int.fetchOne(
                db, sql: "SELECT 1 FROM session WHERE session_id = ? AND instrument_model LIKE '%tundra%'",
                arguments: [optics.session.sessionID]) != nil
    }

    /// What the user must be told; nil if nothing speaks against the assumed value.
    var warning: String? {
        let (usual, tundra) = (Self.usual.text(), Self.ofTundra.text())
        if isTundra {
            return
                "\(session) is of a Tundra, whose Cs is \(tundra) mm, not the \(usual) mm that are assumed: give --cs \(tundra)."
        }
        guard let lowVoltage else { return nil }
        return
            "\(session) was recorded at \(lowVoltage.text()) kV. The Cs of \(usual) mm that is assumed is that of columns of 200 and "
            + "300 kV; a Tundra (100 kV) has \(tundra). Give your microscope's with --cs."
    }
}
