import EPUCore

/// Counts of overexposed exposures, which say whether they are all: one rule for all reports.
extension Unknowns {
    /// Whether more exposures may be overexposed than the analysis found. Those that it calls possible are counted beside these.
    private var mayBeMore: Bool {
        !notCompared.isEmpty || undecided > 0 || unread > 0 || notJudged > 0 || isUndetermined || !precision.isEnough
            || fieldRadius != nil
    }

    /// Whether a count of overexposed exposures says something: a count of none does so only where all could be compared.
    private func isKnown(_ overexposed: Int, of judged: Int) -> Bool {
        judged > 0 && (overexposed > 0 || !(mayBeMore || isDoubtful))
    }

    /// The share of the judged exposures that are overexposed, 0 to 1; where more may be, it is the least that it can be. Nil
    /// where it is not known.
    public func share(_ overexposed: Int, of judged: Int) -> Double? {
        isKnown(overexposed, of: judged) ? Double(overexposed) / Double(judged) : nil
    }

    /// The number of overexposed exposures as `12`, `at least 12` or `not known`.
    public func countText(_ overexposed: Int, of judged: Int) -> String {
        isKnown(overexposed, of: judged) ? atLeast + "\(overexposed)" : "not known"
    }

    /// The same for a table without another place for what is not known: a number that looks as if all were known, and is not, is
    /// marked, as `12 *`.
    public func markedCountText(_ overexposed: Int, of judged: Int) -> String {
        let text = countText(overexposed, of: judged)
        return !isClean && text == "\(overexposed)" ? text + Self.mark : text
    }

    private static let mark = " *"

    /// The line below a table that says what the mark means; nil where no count is marked.
    public static func markText(below counts: [String?]) -> String? {
        counts.contains { $0?.hasSuffix(mark) == true }
            ? "*: as far as is known; `epu-report summary` says what is not." : nil
    }

    /// The share of overexposed exposures, per cent, as `3.5`, `at least 3.5` or `not known`.
    public func shareText(_ overexposed: Int, of judged: Int) -> String {
        share(overexposed, of: judged).map { atLeast + (100 * $0).text(decimals: 1) } ?? "not known"
    }

    private var atLeast: String { mayBeMore ? "at least " : "" }
}
