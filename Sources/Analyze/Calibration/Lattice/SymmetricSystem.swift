/// A symmetric positive definite system of linear equations, by Cholesky's decomposition.
struct SymmetricSystem {
    private let count: Int
    /// The lower triangle, row by row, each row as long as the matrix is wide.
    private let lower: [Double]

    /// Decomposes the matrix; nil where it is singular, to rounding.
    init?(_ matrix: [[Double]]) { self.init(matrix.flatMap { $0 }, count: matrix.count) }

    /// - Parameters:
    ///   - matrix: the elements, row by row.
    ///   - count: the number of rows.
    init?(_ matrix: [Double], count: Int) {
        var lower = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                var sum = matrix[row * count + column]
                for k in 0..<column { sum -= lower[row * count + k] * lower[column * count + k] }
                if row == column {
                    guard sum > 1e-12 * abs(matrix[row * count + row]), sum > 0 else { return nil }
                    lower[row * count + row] = sum.squareRoot()
                } else {
                    lower[row * count + column] = sum / lower[column * count + column]
                }
            }
        }
        self.count = count
        self.lower = lower
    }

    /// The diagonal of the inverse matrix.
    var variances: [Double] { (0..<count).map(variance) }

    /// One element of the diagonal of the inverse matrix.
    func variance(_ place: Int) -> Double {
        var right = [Double](repeating: 0, count: count)
        right[place] = 1
        return solution(right)[place]
    }

    func solution(_ right: [Double]) -> [Double] {
        var x = right
        for row in 0..<count {
            var value = x[row]
            for k in 0..<row { value -= lower[row * count + k] * x[k] }
            x[row] = value / lower[row * count + row]
        }
        for row in (0..<count).reversed() {
            var value = x[row]
            for k in (row + 1)..<count { value -= lower[k * count + row] * x[k] }
            x[row] = value / lower[row * count + row]
        }
        return x
    }
}
