public import ArgumentParser

/// `M11,M12,M21,M22` on the command line: an invertible matrix, um per beam-shift unit, row by row.
public struct MatrixArgument: ExpressibleByArgument, Sendable {
    public let matrix: Matrix2

    public init?(argument: String) {
        let values = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard values.count == 4, let m11 = values[0], let m12 = values[1], let m21 = values[2], let m22 = values[3]
        else { return nil }
        matrix = Matrix2(m11, m12, m21, m22)
        guard matrix.isFinite, matrix.determinant.isFinite, matrix.determinant != 0 else { return nil }
    }
}
