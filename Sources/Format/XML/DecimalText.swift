extension Double {
    /// Reads a number as EPU writes most of them, `-8.299999E-07`: at most 2^53 as digits without the point, and a power of ten
    /// of at most 22. Both are exact in a Double, so that their product or quotient is rounded once, to the nearest (Clinger, How
    /// to read floating point numbers accurately, PLDI 1990). Nil for any other text, number or not: that is left to strtod, which
    /// takes three times as long.
    init?(exactDecimal text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var digits: UInt64 = 0
        var count = 0
        var decimals = 0
        var hasPoint = false
        scan: while index < text.count {
            switch text[index] {
            case 0x30...0x39:
                digits = digits &* 10 &+ UInt64(text[index] &- 0x30)
                count += 1
                if hasPoint { decimals += 1 }
            case UInt8(ascii: ".") where !hasPoint && count > 0: hasPoint = true
            default: break scan
            }
            index += 1
        }
        // Nineteen digits are below 2^64.
        guard count > 0, count <= 19, digits <= 1 << 53, !hasPoint || decimals > 0 else { return nil }
        var power = -decimals
        if index < text.count {
            guard text[index] == UInt8(ascii: "E"),
                let exponent = Int64(ascii: UnsafeBufferPointer(rebasing: text[(index + 1)...])), abs(exponent) < 100
            else { return nil }
            power += Int(exponent)
        }
        guard abs(power) < Self.powersOfTen.count else { return nil }
        let factor = Self.powersOfTen[abs(power)]
        let value = power < 0 ? Double(digits) / factor : Double(digits) * factor
        self = isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]
}
