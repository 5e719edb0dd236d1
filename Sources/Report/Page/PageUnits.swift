import EPUCore

/// Units as a page prints them. The terminal and files write `um`, `A` and `e/A^2`, which every font and program can show.
enum PageUnits {
    /// The text with the signs of the units; only what follows a number is taken for a unit. Lengths are rounded to a tenth of a
    /// nanometre, which no stage knows.
    static func typeset(_ text: String) -> String {
        text.replacing("e/A^2", with: "e⁻/Å²")
            .replacing(/\b([0-9]+\.[0-9]{5,}) um\b/) { match in
                "\(Double(match.1).map { (($0 * 10_000).rounded() / 10_000).text() } ?? String(match.1)) um"
            }
            .replacing(/([0-9]) um\b/) { "\($0.1) µm" }
            .replacing(/([0-9]) A\b/) { "\($0.1) Å" }
    }
}
