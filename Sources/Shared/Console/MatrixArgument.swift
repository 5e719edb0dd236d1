public import ArgumentParser
public import EPUCore

/// `M11,M12,M21,M22` on the command line: an invertible matrix, um per beam-shift unit, row by row.
public struct MatrixArgument: ExpressibleByArgument, Sendable {
    private let text: String

    public init?(argument: String) { text = argument }

    /// The matrix that the argument stands for.
    /// - Throws: `ValidationError` unless there are four numbers that are a matrix such as microscopes can have.
    public func matrix() throws -> Matrix2 {
        let values = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard values.count == 4, let m11 = values[0], let m12 = values[1], let m21 = values[2], let m22 = values[3]
        else { throw ValidationError("--matrix takes four numbers, M11,M12,M21,M22, not \(text).") }
        let matrix = Matrix2(m11, m12, m21, m22)
        guard matrix.isFinite, matrix.determinant.isFinite, matrix.determinant != 0 else {
            throw ValidationError("--matrix \(text) has no inverse: it puts all beam shifts on one line.")
        }
        guard [m11, m12, m21, m22].allSatisfy({ abs($0) <= Matrix2.greatestScale }) else {
            throw ValidationError(
                "--matrix \(text) is out of range: microscopes have about 25 um per beam-shift unit.")
        }
        return matrix
    }
}
