import EPUCore
import Foundation

/// Finds an element of more attributes than EPU writes: libxml2 compares each one with all before it, so that a megabyte
/// of them takes minutes.
struct AttributeLimit {
    /// The number of `=` in the blocks since the last `<`: no tag holds a `<` except its first.
    private var equalSigns = 0

    private static let blockSize = 4096
    private static let limit = 256

    /// Looks at the next bytes of a file. What lies within one block, or two, passes.
    mutating func check(_ bytes: UnsafeRawBufferPointer) throws(Unusable) {
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let count = min(Self.blockSize, bytes.count - start)
            if memchr(base + start, Int32(UInt8(ascii: "<")), count) != nil {
                equalSigns = 0
            } else {
                equalSigns += bytes[start..<(start + count)].count { $0 == UInt8(ascii: "=") }
            }
            guard equalSigns <= Self.limit else {
                throw Unusable(
                    status: .malformed, reason: "it has an element of more attributes than any file of EPU's")
            }
            start += count
        }
    }
}
