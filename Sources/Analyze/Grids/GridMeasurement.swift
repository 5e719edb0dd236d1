import EPUArchive
import GRDB

/// Measures how the grid lay in the earlier sessions, against where it lies in the session that is judged.
///
/// A session that has no holes near the judged one's may have some near those of a third, whose move is known.
struct GridMeasurement {
    /// How the grid lay in each session; the judged one has no entry.
    private(set) var moves: [Int64: ShotHoleFit.Outcome] = [:]
    private let said: Set<Int64>

    /// - Parameters:
    ///   - said: the sessions of another atlas, of which a person said that they are on the judged one's grid.
    ///   - exposures: the exposures of all sessions, in time order.
    ///   - calibrations: the sessions' own calibrations.
    init(
        of session: SessionRow, against others: [SessionRow], said: Set<Int64> = [], _ exposures: [SessionExposure],
        _ calibrations: [StoredCalibration], _ db: Database
    ) throws {
        self.said = said
        guard !others.isEmpty else { return }
        let template = try TemplateOffsets(([session] + others).map(\.sessionID), db)
        let ofSession = Dictionary(grouping: exposures, by: \.sessionID)
        func holes(_ session: SessionRow) throws -> GridHoles {
            try GridHoles(
                session, ofSession[session.sessionID] ?? [],
                calibrations.filter { $0.sessionID == session.sessionID }, template, db)
        }
        let own = try holes(session)
        let foils = try others.map(holes)
        for foil in foils {
            moves[foil.session.sessionID] = Self.move(foil, to: own, isSaid: said.contains(foil.session.sessionID))
        }
        while let (foil, move) = nextByThird(foils) { moves[foil.session.sessionID] = .measured(move) }
    }

    private static func move(_ foil: GridHoles, to own: GridHoles, isSaid: Bool) -> ShotHoleFit.Outcome {
        let outcome =
            GridMatch(foil, to: own, isSaid: isSaid)?.outcome
            ?? .unknown("where its grid lay cannot be measured, as the holes show no lattice of the foil")
        guard isSaid else { return outcome }
        // Nothing is compared on a person's word alone.
        switch outcome {
        case .measured: return outcome
        case .unknown(let reason), .undetermined(let reason):
            return .undetermined("not confirmed that they are on one grid: \(reason)")
        }
    }

    /// The next session whose move is not known yet, to be measured against a third one whose move is.
    private func nextByThird(_ foils: [GridHoles]) -> (GridHoles, GridMove)? {
        let known = foils.compactMap { foil in
            if case .measured(let move) = moves[foil.session.sessionID] { (foil, move) } else { nil }
        }
        for foil in foils {
            let isSaid = said.contains(foil.session.sessionID)
            guard case .unknown = moves[foil.session.sessionID] else { continue }
            // Of the known sessions, this is the one with the most holes in the same squares.
            let best = known.filter { said.contains($0.0.session.sessionID) == isSaid }
                .max { foil.commonHoles(with: $0.0) < foil.commonHoles(with: $1.0) }
            guard let (third, after) = best, foil.commonHoles(with: third) > 0,
                case .measured(let move) = Self.move(foil, to: third, isSaid: false)
            else { continue }
            return (foil, after.after(move))
        }
        return nil
    }
}
