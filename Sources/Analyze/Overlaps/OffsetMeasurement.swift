import EPUShared
import GRDB

/// Measures by how much the stage coordinates of the earlier sessions of a grid differ from those of the session that is
/// judged.
///
/// Holes of two sessions lie on one foil: the differences between holes of one square, shot in the one and in the other
/// session, are vectors of its lattice plus the offset. Folded into one cell of the lattice they give the offset to some 20
/// nm, but for whole steps of the lattice, which the hole maps tell (`HoleMapStep`). A session that has no holes near the
/// judged one's may have some near those of a third, whose offset is known.
struct OffsetMeasurement {
    /// By session; the judged one has none.
    private(set) var moves: [Int64: ShotFoil.Move] = [:]

    /// - Parameters:
    ///   - exposures: of all sessions, in time order.
    ///   - calibrations: the sessions' own.
    init(
        of session: SessionRow, against others: [SessionRow], _ exposures: [SessionExposure],
        _ calibrations: [StoredCalibration], _ db: Database
    ) throws {
        guard !others.isEmpty else { return }
        let template = try TemplateOffsets(([session] + others).map(\.sessionID), db)
        let ofSession = Dictionary(grouping: exposures, by: \.sessionID)
        func foil(_ session: SessionRow) throws -> ShotFoil {
            try ShotFoil(
                session, ofSession[session.sessionID] ?? [],
                calibrations.filter { $0.sessionID == session.sessionID }, template, db)
        }
        let own = try foil(session)
        let foils = try others.map(foil)
        for foil in foils { moves[foil.session.sessionID] = foil.move(from: own) }
        while let (foil, offset) = nextByThird(foils) { moves[foil.session.sessionID] = .measured(offset) }
    }

    /// A session whose offset is not known yet, but against one whose offset is.
    private func nextByThird(_ foils: [ShotFoil]) -> (ShotFoil, SessionOffset)? {
        let known = foils.compactMap { foil in
            if case .measured(let offset) = moves[foil.session.sessionID] { (foil, offset) } else { nil }
        }
        for foil in foils {
            guard case .unknown = moves[foil.session.sessionID] else { continue }
            // Of those known that with the most holes in the same squares.
            let best = known.max { foil.commonHoles(with: $0.0) < foil.commonHoles(with: $1.0) }
            guard let (third, before) = best, case .measured(let offset) = foil.move(from: third) else { continue }
            return (
                foil,
                SessionOffset(
                    vector: before.vector + offset.vector, error: Vector2(before.error ?? 0, offset.error ?? 0).length)
            )
        }
        return nil
    }
}
