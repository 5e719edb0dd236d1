import EPUArchive
import EPUCore
import GRDB

/// Calibrates one session and stores what was found.
struct SessionCalibration {
    let report: CalibrationReport

    /// - Parameters:
    ///   - reading: the exposures that the run has read.
    ///   - method: the method to use; nil: all methods.
    ///   - keepsGood: whether an earlier good matrix stays where the new one says the same: positions need not be placed again
    ///     with each batch of a session that is followed.
    ///   - pitch: the pitch of the foil as the user knows it, um; later runs keep to it.
    ///   - renumbersOptics: whether optics groups are numbered again.
    /// - Throws: `Failure` where the method that was asked for finds nothing; the archive is then left as it is.
    init(
        _ session: SessionRow, _ reading: SessionReading, in archive: Archive, method: CalibrationMethod?,
        keepsGood: Bool = false, pitch: Double?, renumbersOptics: Bool = false
    ) throws {
        let (inputs, earlier) = try archive.read { db in
            (
                try CalibrationInput.all(of: session, reading.exposures(of: session.sessionID, db), pitch: pitch, db),
                try StoredCalibration.chosen(for: session.sessionID, db)
            )
        }
        // This takes seconds in a large session, so it is not within a transaction, for which others would have to wait.
        var results = inputs.map { Calibrator(input: $0).result(method) }
        if let method, results.allSatisfy({ $0.chosen.method == .none }) {
            throw Failure("\(session.name): \(method.missing) Nothing was changed.")
        }
        for (index, result) in results.enumerated() where keepsGood {
            if let before = earlier.first(where: { $0.condition == result.condition }),
                let kept = result.keeping(before, of: inputs[index])
            {
                results[index] = kept
            }
        }
        let ids = try archive.write { db in
            try CalibrationStore(
                session: session, time: .now, askedMethod: method, givenPitch: pitch,
                renumbersOptics: renumbersOptics
            ).store(results, inputs, db)
        }
        report = CalibrationReport(session, inputs, results, ids)
    }
}

extension Calibrator.Result {
    /// This result with the earlier matrix; nil where that was not as good, or differs from the new one.
    fileprivate func keeping(_ earlier: StoredCalibration, of input: CalibrationInput) -> Calibrator.Result? {
        guard verdict == .good, earlier.verdict == .good, earlier.method == chosen.method,
            let error = earlier.relativeError, error < 2 * chosen.relativeError,
            earlier.matrix.difference(from: chosen.matrix) < 2 * (error + chosen.relativeError)
        else { return nil }
        var kept = self
        kept.chosen.matrix = earlier.matrix
        kept.chosen.errors = earlier.errors
        kept.chosen.relativeError = error
        kept.layout = HoleLayout(input, given: &kept.chosen)
        return kept
    }
}
