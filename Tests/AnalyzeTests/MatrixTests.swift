import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("Matrices of the plane")
struct MatrixTests {
    @Test(
        "Singular values, as NumPy has them",
        arguments: [
            (Matrix2(21.767, 11.130, 10.799, -21.682), 24.505498667734, 24.163759000736),
            (Matrix2(3, 40, -20, 7), 40.611851678677, 20.215773624306),
            (Matrix2(24.24, 11.13, 10.67, -22.95), 26.675818384419, 25.306256410648),
            (Matrix2(1, 2, 2, 4), 5, 0),
            (Matrix2(0, -5, 5, 0), 5, 5),
        ] as [(Matrix2, Double, Double)])
    func singularValues(matrix: Matrix2, greater: Double, smaller: Double) {
        let found = matrix.singularValues
        #expect(abs(found.greater - greater) < 1e-9)
        #expect(abs(found.smaller - smaller) < 1e-6)
        #expect(smaller == 0 ? matrix.singularRatio > 1e6 : abs(matrix.singularRatio - greater / smaller) < 1e-9)
    }

    @Test(
        "The errors of scale and angle are those of matrices drawn with errors of their elements",
        arguments: [Matrix2(21.767, 11.130, 10.799, -21.682), Matrix2(20, -9, 11, 22), Matrix2(-24, 1, 1, 24)])
    func errors(matrix: Matrix2) {
        var random = RandomSource(seed: 3, stream: "matrix")
        let errors = Matrix2(0.02, 0.05, 0.01, 0.03)
        // The sum of twelve that are even between 0 and 1 less 6 is normal, of deviation 1.
        func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + random.uniform(0, 1) } }
        let drawn = (0..<20_000).map { _ in
            Matrix2(
                matrix.m11 + errors.m11 * normal(), matrix.m12 + errors.m12 * normal(),
                matrix.m21 + errors.m21 * normal(), matrix.m22 + errors.m22 * normal())
        }
        func deviation(_ value: (Matrix2) -> Double) -> Double {
            let mean = drawn.reduce(0) { $0 + value($1) } / 20_000
            return (drawn.reduce(0) { $0 + (value($1) - mean) * (value($1) - mean) } / 20_000).squareRoot()
        }
        let found = matrix.errors(errors)
        #expect(abs(found.scale / deviation(\.scale) - 1) < 0.03)
        #expect(
            abs(found.angleDegrees / deviation { $0.angleDegrees < 0 ? $0.angleDegrees + 360 : $0.angleDegrees } - 1)
                < 0.03)
    }

    @Test("A rotation times a stretch times a rotation has the stretch's factors as singular values")
    func rotatedStretch() {
        for (a, b, s, t) in [(10, 50, 26, 24), (-70, 120, 3, 0.5), (180, 0, 1, 1), (33, -33, 1e4, 1e-2)]
            as [(Double, Double, Double, Double)]
        {
            for isMirrored in [false, true] {
                let matrix =
                    Matrix2(scale: 1, angleDegrees: a, isMirrored: isMirrored)
                    * (Matrix2(s, 0, 0, t) * Matrix2(scale: 1, angleDegrees: b, isMirrored: false))
                let found = matrix.singularValues
                #expect(abs(found.greater - s) < 1e-9 * s)
                #expect(abs(found.smaller - t) < 1e-9 * s)
                #expect(matrix.isMirrored == isMirrored)
                #expect(abs(matrix.scale - (s * t).squareRoot()) < 1e-9 * s)
            }
        }
    }

    @Test("A similarity has the scale, angle and mirror that it was made of")
    func similarity() {
        for angle in [-179.0, -120, -41.6, 0, 27, 90, 180] {
            for isMirrored in [false, true] {
                let matrix = Matrix2(scale: 24.5, angleDegrees: angle, isMirrored: isMirrored)
                #expect(abs(matrix.scale - 24.5) < 1e-9)
                #expect(abs(matrix.angleDegrees - angle) < 1e-9 || abs(abs(matrix.angleDegrees - angle) - 360) < 1e-9)
                #expect(matrix.isMirrored == isMirrored)
                #expect(abs(matrix.singularRatio - 1) < 1e-7)
            }
        }
    }

    @Test("The inverse undoes a matrix; a product is applied from the right; what is flat has no inverse")
    func products() throws {
        let (a, b) = (Matrix2(21.767, 11.130, 10.799, -21.682), Matrix2(0.3, -2, 5, 0.1))
        let v = Vector2(0.7, -1.3)
        #expect(((a * b) * v).distance(to: a * (b * v)) < 1e-12)
        #expect((try #require(a.inverse) * (a * v)).distance(to: v) < 1e-12)
        #expect(Matrix2(columns: a.firstColumn, a.secondColumn) == a)
        #expect(Matrix2(1, 2, 2, 4).inverse == nil)
        #expect(Matrix2(scale: 0).inverse == nil)
        #expect((a - a).squaredElements == 0)
        #expect((2 * a).determinant == 4 * a.determinant)
        #expect(Vector2(3, 4).cross(Vector2(1, 2)) == 2)
        #expect(Vector2(3, 4).dot(Vector2(1, 2)) == 11)
    }

    @Test("Two matrices differ by the greatest relative change that one makes of the other's vectors")
    func difference() {
        let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
        #expect(matrix.difference(from: matrix) < 1e-12)
        #expect(abs((1.03 * matrix).difference(from: matrix) - 0.03) < 1e-12)
        // A turn by a moves a vector of length 1 by 2 sin(a / 2).
        let turned = matrix.changed(by: 1, degrees: 3)
        #expect(abs(turned.difference(from: matrix) - 2 * sin(1.5 * .pi / 180)) < 1e-12)
        #expect(matrix.difference(from: Matrix2(1, 2, 2, 4)) == .infinity)
        // Brute force: the greatest over directions.
        let other = Matrix2(22.3, 10.9, 10.1, -22)
        let greatest = (0..<3600).map { step in
            let v = matrix * Vector2(cos(Double(step) * .pi / 1800), sin(Double(step) * .pi / 1800))
            let w = other * Vector2(cos(Double(step) * .pi / 1800), sin(Double(step) * .pi / 1800))
            return (w - v).length / v.length
        }.max()
        #expect(abs(other.difference(from: matrix) - (greatest ?? 0)) < 1e-5)
    }
}
