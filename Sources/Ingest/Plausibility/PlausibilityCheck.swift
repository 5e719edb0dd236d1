import EPUCore
import Foundation

/// A way in which what EPU recorded can contradict itself. All of them are here, with their limits.
struct PlausibilityCheck: Sendable {
    /// The name of the check's notice.
    let name: String
    /// The source of the limit.
    let source: String
    /// Finds what an exposure contradicts; nil where it contradicts nothing. The doubts are those of the checks before.
    let find: @Sendable (RecordedExposure, SessionValues, Doubts) -> Contradiction?

    struct Contradiction: Sendable {
        /// The values that contradict each other, with the numbers.
        let values: String
        /// The values that are therefore not to be trusted, whether another check doubts them already or not.
        var doubts: Doubts = []
        /// The advice to a person: a sentence, or nothing.
        let advice: String
    }

    /// The checks of exposures, in the order in which they are made: the dose is judged by the pixel size.
    static let ofExposures = [pixelSize, field, doseOnCamera, dose, time]

    // MARK: - Pixel size

    private static let pixelSize = PlausibilityCheck(
        name: "pixel-size",
        source: """
            Physical pixels are 5 um (K2, K3) and 14 um (Falcon, Ceta); the nominal magnification is that of another plane. Real \
            files: K3 behind a filter 8.7 to 9.8 um, Falcon 3 8.4 to 14.8, Falcon 4i behind a filter 12.1; K2 below the \
            column some 3. Within a session magnifications agree to 1.1, and simulated ones to 1.6. A slip is of 2 or 10.
            """
    ) { exposure, session, _ in
        guard let pixelSize = exposure.pixelSize, let magnification = exposure.magnification,
            let apparent = exposure.apparentPixel
        else { return nil }
        let limits = session.usualPixels(of: exposure)
        let own = session.usualPixel[exposure.camera ?? ""]
        let isUnlikeOwn = own.map { max(apparent / $0, $0 / apparent) > greatestPixelRatio } ?? false
        guard !limits.contains(apparent) || isUnlikeOwn else { return nil }
        let usual =
            limits.contains(apparent)
            ? "\((own ?? 0).text(significant: 3)) um is usual in this session"
            : "\(limits.lowerBound.text()) to \(limits.upperBound.text()) um are usual"
        return Contradiction(
            values: "pixel size x magnification, \(pixelSize.text(significant: 4)) A x \(magnification.text()), is "
                + "\(apparent.text(significant: 3)) um on \(exposure.cameraModel ?? exposure.camera ?? "the camera"), where "
                + usual,
            doubts: isDoseConfirmed(exposure, session) ? [.pixelSize] : [.pixelSize, .dose],
            advice: "Give the right one to `epu-report optics --pixel-size A`.")
    }

    private static let greatestPixelRatio = 1.8

    /// Whether the dose was computed with a pixel size that the magnification allows: then only the one that was written is
    /// wrong.
    private static func isDoseConfirmed(_ exposure: RecordedExposure, _ session: SessionValues) -> Bool {
        guard let dose = exposure.dose, let onCamera = exposure.doseOnCamera, dose > 0,
            let magnification = exposure.magnification
        else { return false }
        let apparent = RecordedExposure.apparent((onCamera / dose).squareRoot(), magnification, exposure.binning)
        return session.usualPixels(of: exposure).contains(apparent)
    }

    // MARK: - Field and beam

    private static let field = PlausibilityCheck(
        name: "field-beam",
        source: """
            A camera field lies within the beam: in real files its longer side is 0.37 to 0.62 of the diameter. Its shorter side \
            is compared, as some let the corners stay dark.
            """
    ) { exposure, session, known in
        guard let field = exposure.field, let beam = exposure.beamDiameter, field.shorter > beam else { return nil }
        // Where the magnification confirms the pixel size, the beam's diameter is the value that is wrong.
        let isPixelSizeBorneOut = exposure.apparentPixel != nil && !known.contains(.pixelSize)
        let ofPixelSize: Doubts = isDoseConfirmed(exposure, session) ? [.pixelSize] : [.pixelSize, .dose]
        return Contradiction(
            values:
                "the camera field, \(field.longer.text(significant: 3)) x \(field.shorter.text(significant: 3)) um, is "
                + "larger than the beam, \(beam.text(significant: 3)) um",
            doubts: isPixelSizeBorneOut ? [.beamDiameter] : ofPixelSize,
            advice: isPixelSizeBorneOut ? "`--missing-beam-diameter UM` says what to take." : "")
    }

    // MARK: - Dose

    private static let doseOnCamera = PlausibilityCheck(
        name: "dose-on-camera",
        source:
            "Dose x pixel area is DoseOnCamera to 1 in 1000 in all real files that have both; a factor of 2 was seen on Falcon 4."
    ) { exposure, _, known in
        guard let dose = exposure.dose, let onCamera = exposure.doseOnCamera, let pixelSize = exposure.pixelSize,
            onCamera > 0
        else { return nil }
        let ratio = dose * pixelSize * pixelSize / onCamera
        guard ratio < 1 / greatestDoseRatio || ratio > greatestDoseRatio else { return nil }
        // If the pixel size is doubtful, it is known already whether the dose is doubtful with it.
        let doubts: Doubts = known.contains(.pixelSize) ? [] : [.dose]
        return Contradiction(
            values:
                "Dose x pixel area, \(dose.text(significant: 3)) e/A^2 x \(pixelSize.text(significant: 4))^2 A^2, is "
                + "\(ratio.text(significant: 3)) times DoseOnCamera, \(onCamera.text(significant: 3)) e/pixel",
            doubts: doubts, advice: known.union(doubts).contains(.dose) ? "`--missing-dose D` says what to take." : "")
    }

    private static let greatestDoseRatio = 1.25

    private static let dose = PlausibilityCheck(
        name: "dose",
        source: "Micrographs get 10 to 100 e/A^2, and nothing is left of a protein at 200."
    ) { exposure, _, _ in
        guard let dose = exposure.dose, dose > greatestDose else { return nil }
        return Contradiction(
            values: "the dose, \(dose.text(significant: 3)) e/A^2, is above \(greatestDose.text())", doubts: [.dose],
            advice: "`--missing-dose D` says what to take.")
    }

    /// The greatest dose that is believed, electrons per square Angstrom.
    private static let greatestDose = 200.0

    // MARK: - Time

    private static let time = PlausibilityCheck(
        name: "time",
        source: "EPU notes StartDateTime before it exposes, by the same clock, which winter time sets back by an hour."
    ) { exposure, session, _ in
        guard let start = session.start, let acquired = exposure.acquired.flatMap({ Timestamp(archiveText: $0) }) else {
            return nil
        }
        let early = start.seconds(since: acquired)
        guard early > SessionFileFit.slack else { return nil }
        return Contradiction(
            values: "the time is before the session's start by EpuSession.dm, of the first by "
                + "\((early / 3600).text(significant: 3)) h",
            advice: "See whether they belong to this session.")
    }
}
