import EPUCore

/// The value that a figure should come to, judged by the session where it is worst.
struct Target {
    enum Limit {
        case atLeast(Double)
        case atMost(Double)
        case below(Double)
    }

    struct Value {
        let session: String
        let number: Double
    }

    private let figure: String
    private let limit: Limit
    private let values: [Value]
    private let decimals: Int

    init(_ figure: String, _ limit: Limit, _ values: [Value], decimals: Int) {
        self.figure = figure
        self.limit = limit
        self.values = values
        self.decimals = decimals
    }

    private var worst: Value? {
        switch limit {
        case .atLeast: values.min { $0.number < $1.number }
        case .atMost, .below: values.max { $0.number < $1.number }
        }
    }

    private func isMet(_ number: Double) -> Bool {
        switch limit {
        case .atLeast(let bound): number >= bound
        case .atMost(let bound): number <= bound
        case .below(let bound): number < bound
        }
    }

    private var wording: String {
        switch limit {
        case .atLeast(let bound): ">= \(bound.text())"
        case .atMost(let bound): "<= \(bound.text())"
        case .below(let bound): "< \(bound.text())"
        }
    }

    /// A row of the table of targets.
    var cells: [String] {
        guard let worst else { return [figure, wording, "", "", "not measured"] }
        return [
            figure, wording, worst.number.text(decimals: decimals), worst.session,
            isMet(worst.number) ? "met" : "missed",
        ]
    }
}
