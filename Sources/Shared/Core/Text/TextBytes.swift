import Foundation

/// Text that grows at its end, as UTF-8, in memory of its own. An array asks at each byte whether anybody else holds it, which takes
/// longer than to write the byte.
public struct TextBytes: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    public private(set) var count = 0

    /// - Parameter capacity: the number of bytes that it is expected to hold; it takes more where it has to.
    public init(capacity: Int = 1 << 12) {
        memory = .allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { memory.deallocate() }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a number as its `description` has it.
    public mutating func append(_ number: Int64) {
        reserve(NumberBytes.longest)
        count += NumberBytes.write(number, to: memory, at: count)
    }

    /// Adds the shortest text of a number that reads back as the same one, or as the one that `rounded(significant:)` makes of it.
    /// - Parameter digits: the number of digits that count, 1 to 9; nil for all.
    public mutating func append(_ number: Double, significant digits: Int?) {
        reserve(NumberBytes.longest)
        guard let digits else { return append(number.description) }
        if let length = NumberBytes.write(number, significant: digits, to: memory, at: count) {
            count += length
        } else {
            append(number.rounded(significant: digits).description)
        }
    }

    /// Adds a part of itself once more.
    public mutating func append(again range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        reserve(range.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[range]))
        count += range.count
    }

    /// Whether a part of itself has these bytes.
    public func has(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        guard range.count == bytes.count else { return false }
        guard let start = memory.baseAddress, let other = bytes.baseAddress else { return bytes.isEmpty }
        return memcmp(start + range.lowerBound, other, bytes.count) == 0
    }

    /// Calls `body` with all bytes from one on; they are valid within it only.
    public func withBytes<Result>(from start: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try body(UnsafeRawBufferPointer(rebasing: memory[start..<count]))
    }

    /// Takes bytes away from the beginning; the memory stays for those that follow.
    public mutating func removeFirst(_ number: Int) {
        precondition(number >= 0 && number <= count)
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[number..<count]))
        count -= number
    }

    private mutating func reserve(_ more: Int) {
        if count + more > memory.count { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(2 * memory.count, count + more), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}
