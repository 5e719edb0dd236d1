import EPUCore

/// Other texts in place of names, paths, serial numbers and ids, numbered in the order of the old ones.
struct SampleTexts: Sendable {
    private var known: [SampleText: Set<PathKey>] = [:]
    private var numbers: [SampleText: [PathKey: Int]] = [:]

    mutating func add(_ text: String, _ kind: SampleText) { known[kind, default: []].insert(PathKey(text)) }

    /// Adds others, in place: a union would copy all that is known for each few files.
    mutating func add(_ others: SampleTexts) {
        for (kind, texts) in others.known { known[kind, default: []].formUnion(texts) }
    }

    /// Numbers the texts, when all are added.
    mutating func settle() {
        numbers = known.mapValues { texts in
            Dictionary(uniqueKeysWithValues: texts.sortedPaths.enumerated().map { (PathKey($1), $0 + 1) })
        }
    }

    func count(_ kind: SampleText) -> Int { known[kind]?.count ?? 0 }

    /// The text in place of another, `session-1`: numbers of one kind have the same number of digits.
    func callAsFunction(_ text: String, _ kind: SampleText) -> String {
        let number = String(numbers[kind]?[PathKey(text)] ?? 0)
        let width = String(count(kind)).count
        let padded = String(repeating: "0", count: max(0, width - number.count)) + number
        switch kind {
        case .uniqueID, .coreGuid:
            return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - number.count)) + number
        case .atlas: return "atlas-\(padded)\\Sample1\\Atlas\\Atlas.dm"
        default: return kind.rawValue + "-" + padded
        }
    }
}
