import EPUArchive
import EPUCore
import GRDB

/// Which sessions of a grid can be compared with the one that is judged, where they lay, and why others cannot.
///
/// A pair of sessions that cannot be compared costs that pair only.
struct GridComparison {
    /// The judged session, then those that are compared with it.
    private(set) var sessions: [SessionRow]
    /// How the stage coordinates of each session lie to the judged session's.
    private(set) var moves: [Int64: GridMove] = [:]
    /// The sessions compared that exposed none of the judged session's grid squares: none of their places matters.
    private(set) var apart: Set<Int64> = []
    /// The sessions of which it is not known for certain what they had exposed, with the reason. Some are compared all the same.
    private(set) var uncertain: [(session: SessionRow, reason: String)] = []

    /// - Parameters:
    ///   - exposures: the exposures of the scope, in time order.
    ///   - calibrations: the calibrations that place them.
    init(_ scope: GridScope, _ exposures: [SessionExposure], _ calibrations: [StoredCalibration], _ db: Database) throws
    {
        sessions = [scope.session]
        uncertain = scope.strangers.map { ($0, GridScope.strangerReason) }
        guard !scope.earlier.isEmpty else { return }
        let places = PlacedParts(exposures, calibrations)
        var comparable: [SessionRow] = []
        for other in scope.earlier {
            if !scope.said.contains(other.sessionID), places.shareNoSquare(scope.session, other) {
                add(other, .none)
                apart.insert(other.sessionID)
            } else if let reason = places.reasonAgainst(other) ?? places.reasonAgainst(scope.session) {
                uncertain.append((other, reason))
            } else {
                comparable.append(other)
            }
        }
        let own = try places.measuring([scope.session] + comparable, calibrations, db)
        let measured = try GridMeasurement(
            of: scope.session, against: comparable, said: scope.said, exposures, own, db
        ).moves
        for other in comparable {
            switch measured[other.sessionID] {
            case .measured(let move):
                add(other, move)
                let reasons = [places.reservation(other) ?? places.reservation(scope.session), move.lostText]
                    .compactMap(\.self)
                if !reasons.isEmpty { uncertain.append((other, reasons.joined(separator: "; "))) }
            case .unknown(let reason):
                add(other, .none)
                uncertain.append((other, reason))
            case .undetermined(let reason): uncertain.append((other, reason))
            case nil: break
            }
        }
    }

    private mutating func add(_ session: SessionRow, _ move: GridMove) {
        sessions.append(session)
        moves[session.sessionID] = move
    }
}

/// How many exposures of each session have a place that can be compared with another session's, and in which squares.
private struct PlacedParts {
    private var exposures: [Int64: Int] = [:]
    private var usable: [Int64: Int] = [:]
    private var squares: [Int64: Set<Int64?>] = [:]
    private var neverShifted: Set<Int64> = []

    init(_ all: [SessionExposure], _ calibrations: [StoredCalibration]) {
        let ofExposure = CalibrationOfExposure(calibrations)
        for exposure in all {
            exposures[exposure.sessionID, default: 0] += 1
            squares[exposure.sessionID, default: []].insert(exposure.gridSquare)
            guard let calibration = ofExposure[exposure].map({ calibrations[$0] }) else { continue }
            if calibration.isUsable { usable[exposure.sessionID, default: 0] += 1 }
            if calibration.method == .stage { neverShifted.insert(exposure.sessionID) }
        }
    }

    /// Whether it is certain that no grid square was exposed in both.
    func shareNoSquare(_ a: SessionRow, _ b: SessionRow) -> Bool {
        let (first, second) = (squares[a.sessionID] ?? [], squares[b.sessionID] ?? [])
        return !first.contains(nil) && !second.contains(nil) && first.isDisjoint(with: second)
    }

    /// Why no place of a session can be compared with another session's; nil where some can.
    func reasonAgainst(_ session: SessionRow) -> String? {
        guard (usable[session.sessionID] ?? 0) == 0 else { return nil }
        return neverShifted.contains(session.sessionID)
            ? "the beam of \(session.name) was never shifted, so that its places are known among each other only"
            : "how beam shift maps to the stage is not determined in \(session.name)"
    }

    /// Which part of a session cannot be compared, in words; nil: none.
    func reservation(_ session: SessionRow) -> String? {
        let left = (exposures[session.sessionID] ?? 0) - (usable[session.sessionID] ?? 0)
        guard left > 0 else { return nil }
        return "how beam shift maps to the stage is not determined for \(counted(left, "exposure")) of \(session.name)"
    }

    /// The calibrations under which moves are measured: the sessions' own where these can be used, as a matrix that a user gave
    /// may not suit them.
    func measuring(_ sessions: [SessionRow], _ placing: [StoredCalibration], _ db: Database) throws
        -> [StoredCalibration]
    {
        try sessions.flatMap { session in
            let chosen = try StoredCalibration.chosen(for: session.sessionID, db)
            return chosen.contains(where: \.isUsable) ? chosen : placing.filter { $0.sessionID == session.sessionID }
        }
    }
}

extension StoredCalibration {
    /// Whether the calibration takes a beam shift to the stage, so that places of two sessions can be compared.
    var isUsable: Bool { verdict != .undetermined && method.hasDirection }
}
