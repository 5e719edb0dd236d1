import EPUCore

/// Figures as tables and pages show them.
extension SessionFigures {
    public var areasPerHoleText: String? { areasPerHole?.text(decimals: 2) }
    public var rateText: String? { rate.exposuresPerHour?.text(decimals: 0) }

    /// Per cent; nil: it was not analysed.
    public var shareText: String? {
        analysis.map { $0.unknowns.shareText($0.overexposed, of: $0.judged) }
    }

    /// Nil: it was not analysed.
    public var overexposedText: String? {
        analysis.map { $0.unknowns.countText($0.overexposed, of: $0.judged) }
    }

    /// The number in that text; nil: it was not analysed, or none is known.
    public var knownOverexposed: Int? { analysis.flatMap { $0.overexposedShare == nil ? nil : $0.overexposed } }

    /// As `3 unmoved-stage, 1 wrong-centre`.
    public var incidentsText: String? {
        analysis?.incidentsByCause.map { byCause in
            byCause.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }.joined(separator: ", ")
        }
    }

    /// As `3, published by name`.
    public var analysisText: String? { analysis.map { "\($0.analysisID), \($0.published.text)" } }

    /// Of each condition's calibration; once where they are alike.
    public func calibrationText(_ cell: KeyPath<Calibration, String>) -> String {
        let texts = (analysis?.calibrations ?? []).map { $0[keyPath: cell] }
        return Set(texts).count == 1 ? texts[0] : texts.joined(separator: "; ")
    }
}

extension SessionFigures.Calibration {
    public var verdictText: String {
        switch method {
        case .given: "given"
        case .stage: "not needed"
        case .none: verdict.rawValue
        case .holes, .template, .centring, .lattice, .history: "\(verdict.rawValue), by \(method.rawValue)"
        }
    }

    /// Where the beam was never shifted the matrix is a formality.
    public var scaleText: String { method == .stage ? "" : scale.text(decimals: 2) }
    public var angleText: String {
        method.hasDirection ? angleDeg.text(decimals: 1) + (mirrored ? ", mirrored" : "") : ""
    }
}
