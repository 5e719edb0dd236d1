/// The rows of the ledger that a walk came across, with one bit for each.
struct SeenFiles {
    private var bits: [UInt64] = []

    mutating func insert(_ id: Int64) {
        let word = Int(id >> 6)
        if word >= bits.count { bits += [UInt64](repeating: 0, count: word + 1 - bits.count) }
        bits[word] |= 1 << UInt64(id & 63)
    }

    func contains(_ id: Int64) -> Bool {
        let word = Int(id >> 6)
        return word < bits.count && bits[word] & (1 << UInt64(id & 63)) != 0
    }
}
