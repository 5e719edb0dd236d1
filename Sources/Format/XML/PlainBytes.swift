/// Finds where runs of bytes end that are the same in every document of the plain form.
enum PlainBytes {
    /// The end of bytes that stand for themselves in a text and in an attribute's value: printable ASCII except `<`, `>`, `&` and
    /// `"`. It looks at eight bytes at a time, of which the sums below set the highest bit of the first that ends the run, and
    /// perhaps of later ones (Warren, Hacker's Delight, 6-1).
    /// - Parameter end: The end of all bytes, of which the last one is `>`.
    @inline(__always)
    static func end(from start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var next = start
        while end - next >= 8 {
            let bytes = UInt64(littleEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self))
            // `<` and `>` differ in one bit, `"` and `&` in another.
            let brackets = zeros(in: (bytes | each(0x02)) ^ each(UInt8(ascii: ">")))
            let others = zeros(in: (bytes | each(0x04)) ^ each(UInt8(ascii: "&")))
            let controls = (bytes &- each(0x20)) & ~bytes
            let found = (brackets | others | controls | bytes) & each(0x80)
            if found != 0 { return next + found.trailingZeroBitCount / 8 }
            next += 8
        }
        while next.pointee &- 0x20 < 0x60, !isMark(next.pointee) { next += 1 }
        return next
    }

    /// The end of the bytes of a name without its prefix (https://www.w3.org/TR/xml/, rule 4a, in ASCII).
    @inline(__always)
    static func nameEnd(from start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var next = start
        while isOfName(next.pointee) { next += 1 }
        return next
    }

    /// Whether a name may begin with a byte (rule 4, in ASCII, without the colon).
    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte | 0x02 == UInt8(ascii: ">") || byte | 0x04 == UInt8(ascii: "&")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        // One bit for each byte from 0x40 to 0x7F, letters and the underscore, and for each below, digits, `-` and `.`.
        let bits: UInt64 = byte & 0x40 != 0 ? 0x07FF_FFFE_87FF_FFFE : 0x03FF_6000_0000_0000
        return byte < 0x80 && bits >> UInt64(byte & 0x3F) & 1 != 0
    }

    private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    private static func zeros(in bytes: UInt64) -> UInt64 { (bytes &- each(1)) & ~bytes }
}
