/// A symmetric positive definite system of linear equations, by Cholesky's decomposition.
struct SymmetricSystem {
    private let lower: [[Double]]

    /// Decomposes the matrix; nil where it is singular, to rounding.
    init?(_ matrix: [[Double]]) {
        let count = matrix.count
        var lower = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count {
            for column in 0...row {
                var sum = matrix[row][column]
                for k in 0..<column { sum -= lower[row][k] * lower[column][k] }
                if row == column {
                    guard sum > 1e-12 * abs(matrix[row][row]), sum > 0 else { return nil }
                    lower[row][row] = sum.squareRoot()
                } else {
                    lower[row][column] = sum / lower[column][column]
                }
            }
        }
        self.lower = lower
    }

    /// The diagonal of the inverse matrix.
    var variances: [Double] {
        lower.indices.map { place in solution(lower.indices.map { $0 == place ? 1 : 0 })[place] }
    }

    func solution(_ right: [Double]) -> [Double] {
        var x = right
        for row in lower.indices {
            for k in 0..<row { x[row] -= lower[row][k] * x[k] }
            x[row] /= lower[row][row]
        }
        for row in lower.indices.reversed() {
            for k in (row + 1)..<max(row + 1, lower.count) { x[row] -= lower[k][row] * x[k] }
            x[row] /= lower[row][row]
        }
        return x
    }
}
