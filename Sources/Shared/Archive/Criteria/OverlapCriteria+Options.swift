import EPUCore

extension OverlapCriteria {
    /// The options of `epu-analyze overlaps` that ask for these criteria, for example `--radius 0.3735 --count-neighbours`.
    public var options: [String] {
        asked.flatMap { criterion in
            switch criterion.value(self) {
            case .number(let number): ["--\(criterion.option)", number?.text() ?? ""]
            case .flag: ["--\(criterion.option)"]
            }
        }
    }
}
