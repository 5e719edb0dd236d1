import EPUCore

/// Figures in words and numbers, for tables and pages.
extension SessionFigures {
    public var areasPerHoleText: String? { areasPerHole?.text(decimals: 2) }
    /// The exposures an hour; nil where there are no exposures.
    public var rateText: String? {
        exposures > 0 ? rate.exposuresPerHour?.text(decimals: 0) ?? "not known" : nil
    }

    /// The share of overexposed exposures, per cent; nil where the session was not analysed.
    public var shareText: String? {
        analysis.map { $0.unknowns.shareText($0.overexposed, of: $0.judged) }
    }

    /// The number of overexposed exposures; nil where the session was not analysed.
    public var overexposedText: String? {
        analysis.map { $0.unknowns.countText($0.overexposed, of: $0.judged) }
    }

    /// The same, marked where it looks as if all were known, and is not.
    public var markedOverexposedText: String? {
        analysis.map { $0.unknowns.markedCountText($0.overexposed, of: $0.judged) }
    }

    /// The number in `overexposedText`; nil where the session was not analysed, or the number is not known.
    public var knownOverexposed: Int? { analysis.flatMap { $0.overexposedShare == nil ? nil : $0.overexposed } }

    /// The incidents by cause, for example `3 unmoved-stage, 1 wrong-centre`; nil where they are not known.
    public var incidentsText: String? {
        analysis?.incidentsByCause.map { byCause in
            byCause.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }.joined(separator: ", ")
        }
    }

    /// The analysis and why it is published, for example `3, published by name`; nil where there is none.
    public var analysisText: String? { analysis.map { "\($0.analysisID), \($0.published.text)" } }

    /// The text of each condition's calibration; one text where all are alike.
    public func calibrationText(_ cell: KeyPath<StoredCalibration, String>) -> String {
        let texts = (analysis?.calibrations ?? []).map { $0.calibration[keyPath: cell] }
        return Set(texts).count == 1 ? texts[0] : texts.joined(separator: "; ")
    }
}

extension StoredCalibration {
    public var verdictText: String { method.text(verdict) }

    /// The scale, um per beam-shift unit; empty where the beam was never shifted, as the matrix is then a formality.
    public var scaleText: String { method == .stage ? "" : matrix.scale.text(decimals: 2) }
    public var angleText: String {
        method.hasDirection ? matrix.angleDegrees.text(decimals: 1) + (matrix.isMirrored ? ", mirrored" : "") : ""
    }
}
