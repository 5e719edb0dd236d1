import EPUCore
import Foundation

/// The periodogram |sum over stops of exp i (2 pi r S + phase)|, added up over patches, on a square grid of frequencies r.
struct Periodogram {
    struct Stop {
        let patch: Int
        /// The stop's stage position, um.
        let stage: Vector2
        /// The phases of the stop along the two lattice vectors, radian.
        let phases: (Double, Double)
    }

    struct Peak {
        /// The spatial frequency, per um.
        let frequency: Vector2
        /// The height of the peak, which is 1 where all stops agree.
        let height: Double
    }

    private let half: Int
    private let step: Double
    private var heights: ([Float], [Float])

    /// Computes the periodogram. The cost is stops x frequencies: along a line of the grid each stop's phase is turned on, not
    /// computed again.
    init(_ stops: [Stop], patches: Int, longest: Double, step: Double) {
        half = Int(longest / step) + 2
        self.step = step
        let side = 2 * half + 1
        heights = ([Float](repeating: 0, count: side * side), [Float](repeating: 0, count: side * side))
        // Stops of one patch follow each other.
        let turns = stops.map { stop -> SIMD2<Float> in
            let angle = 2 * .pi * step * stop.stage.x
            return SIMD2(Float(cos(angle)), Float(sin(angle)))
        }
        let ends = stops.indices.filter { $0 + 1 == stops.count || stops[$0 + 1].patch != stops[$0].patch }
        var phasors = [Phasors](repeating: Phasors(), count: stops.count)
        let total = Float(stops.count)
        for top in stride(from: 0, to: side, by: Phasors.rows) {
            let frequencies = (0..<Phasors.rows).map { Double(top + $0 - half) * step }
            for (index, stop) in stops.enumerated() {
                phasors[index] = Phasors(stop, rows: frequencies, from: half, step)
            }
            let rows = min(Phasors.rows, side - top)
            for column in 0...lastColumn(top, longest) {
                var (first, second) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
                var start = 0
                for end in ends {
                    let sums = Phasors.turn(&phasors, by: turns, start...end)
                    first += sums.first
                    second += sums.second
                    start = end + 1
                }
                for row in 0..<rows {
                    heights.0[(top + row) * side + column] = first[row] / total
                    heights.1[(top + row) * side + column] = second[row] / total
                }
            }
        }
    }

    /// The last column of the grid, in rows from `top` on, that a peak or a neighbour of one may be in; the heights beyond stay 0.
    private func lastColumn(_ top: Int, _ longest: Double) -> Int {
        // The row that is nearest to the middle reaches farthest.
        let near = (top..<top + Phasors.rows).map { abs(Double($0 - half)) }.min() ?? 0
        let radius = longest / step + 2
        return min(2 * half, half + Int(max(0, radius * radius - near * near).squareRoot().rounded(.up)) + 1)
    }

    /// The local maxima, the highest first.
    func peaks(row: Int, lengths: ClosedRange<Double>, _ most: Int) -> [Peak] {
        let heights = row == 0 ? heights.0 : heights.1
        let side = 2 * half + 1
        var peaks: [Peak] = []
        for y in 1..<(side - 1) {
            for x in 1..<(side - 1) {
                let height = heights[y * side + x]
                guard height > 0.5 else { continue }
                let frequency = step * Vector2(Double(x - half), Double(y - half))
                guard lengths.contains(frequency.length) else { continue }
                let isPeak = (-1...1).allSatisfy { dy in
                    (-1...1).allSatisfy { dx in heights[(y + dy) * side + x + dx] <= height }
                }
                if isPeak { peaks.append(Peak(frequency: frequency, height: Double(height))) }
            }
        }
        return Array(peaks.sorted { $0.height > $1.height }.prefix(most))
    }
}

/// The phasors of one stop along both lattice vectors, in several rows of the grid at once: each lane is one row, so that all of
/// them are turned by one instruction, in the order in which each would be by itself.
private struct Phasors {
    static let rows = 4
    /// The real and imaginary parts along the first vector.
    var x = SIMD4<Float>.zero
    var y = SIMD4<Float>.zero
    /// The real and imaginary parts along the second vector.
    var z = SIMD4<Float>.zero
    var w = SIMD4<Float>.zero

    init() {}

    /// - Parameter rows: the y component of the frequency in each row, per um.
    init(_ stop: Periodogram.Stop, rows: [Double], from half: Int, _ step: Double) {
        for (row, y) in rows.enumerated() {
            let angle = 2 * .pi * (y * stop.stage.y - Double(half) * step * stop.stage.x)
            let (first, second) = (angle + stop.phases.0, angle + stop.phases.1)
            (x[row], self.y[row]) = (Float(cos(first)), Float(sin(first)))
            (z[row], w[row]) = (Float(cos(second)), Float(sin(second)))
        }
    }

    /// Turns the phasors of some stops on to the next column.
    /// - Returns: the sizes of their sums before, along the two vectors. The loop stands apart, as the compiler keeps its sums in
    ///   registers only so.
    @inline(never)
    static func turn(_ phasors: inout [Phasors], by turns: [SIMD2<Float>], _ stops: ClosedRange<Int>) -> (
        first: SIMD4<Float>, second: SIMD4<Float>
    ) {
        var (x, y) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
        var (z, w) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
        for index in stops {
            let phasor = phasors[index]
            x += phasor.x
            y += phasor.y
            z += phasor.z
            w += phasor.w
            let (c, s) = (turns[index].x, turns[index].y)
            var turned = Phasors()
            turned.x = phasor.x * c - phasor.y * s
            turned.y = phasor.x * s + phasor.y * c
            turned.z = phasor.z * c - phasor.w * s
            turned.w = phasor.z * s + phasor.w * c
            phasors[index] = turned
        }
        return ((x * x + y * y).squareRoot(), (z * z + w * w).squareRoot())
    }
}
