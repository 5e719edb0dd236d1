extension GreyImage {
    /// The image with each square of `factor` x `factor` pixels as one of their mean; what is left over at the right and
    /// below counts by itself.
    public func reduced(by factor: Int) -> GreyImage {
        guard factor > 1 else { return self }
        let (columns, rows) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
        var result = [UInt8](repeating: 0, count: columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0
                let (right, bottom) = (min(width, (column + 1) * factor), min(height, (row + 1) * factor))
                for y in row * factor..<bottom {
                    for x in column * factor..<right { sum += Int(pixels[y * width + x]) }
                }
                let count = (right - column * factor) * (bottom - row * factor)
                result[row * columns + column] = UInt8((sum + count / 2) / count)
            }
        }
        return GreyImage(width: columns, height: rows, pixels: result)
    }

    /// The image reduced by the least factor that makes the longer side at most `limit`.
    public func reduced(toSide limit: Int) -> GreyImage { reduced(by: (max(width, height) + limit - 1) / limit) }
}
