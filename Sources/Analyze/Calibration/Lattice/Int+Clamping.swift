extension Int {
    /// The nearest integer that there is; 0 for a value that is not a number.
    init(clamping value: Double) {
        self = Int(exactly: value.rounded()) ?? (value > 0 ? .max / 4 : value < 0 ? .min / 4 : 0)
    }
}
