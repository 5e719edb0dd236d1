import ArgumentParser

/// A range of numbers, written FROM:TO:STEP, or one number.
struct RangeArgument: ExpressibleByArgument {
    let values: [Double]

    private static let mostValues = 100_000

    init(from: Double, to: Double, step: Double) {
        values = (0...Int(((to - from) / step + 1e-9).rounded(.down))).map { min(to, from + Double($0) * step) }
    }

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        let numbers = parts.compactMap { $0 }.filter(\.isFinite)
        guard numbers.count == parts.count else { return nil }
        switch numbers.count {
        case 1: self.init(from: numbers[0], to: numbers[0], step: 1)
        case 3:
            let (from, to, step) = (numbers[0], numbers[1], numbers[2])
            guard step > 0, to >= from, (to - from) / step < Double(Self.mostValues) else { return nil }
            self.init(from: from, to: to, step: step)
        default: return nil
        }
    }

    var defaultValueDescription: String { "0.05:1:0.05" }
}
