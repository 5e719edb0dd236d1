import EPUCore

/// Sizes of files in words.
enum Bytes {
    /// The size in the greatest unit that leaves 1 or more, as `3.7 MB`; 1 MB is a million bytes.
    static func text(_ bytes: Int) -> String {
        var (value, unit) = (Double(bytes), "bytes")
        for next in ["kB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, next) }
        return "\(value.text(decimals: unit == "bytes" ? 0 : 1)) \(unit)"
    }
}
