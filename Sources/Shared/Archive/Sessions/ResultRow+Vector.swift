public import EPUCore

extension ResultRow {
    /// The vector of two columns; nil where either is NULL.
    public borrowing func vector(_ x: Int32, _ y: Int32) -> Vector2? {
        isNull(x) || isNull(y) ? nil : Vector2(double(x), double(y))
    }
}
