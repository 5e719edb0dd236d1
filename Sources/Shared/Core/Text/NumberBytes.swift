/// Numbers written as bytes, without a `String` between: a table has millions of them.
enum NumberBytes {
    /// No text of these numbers has more bytes.
    static let longest = 32

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Writes the `description` of an integer.
    /// - Parameter memory: has `longest` bytes from `start` on.
    /// - Returns: the number of bytes.
    static func write(_ number: Int64, to memory: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
        var place = start
        if number < 0 {
            memory[place] = UInt8(ascii: "-")
            place += 1
        }
        let digits = digitCount(number.magnitude)
        write(number.magnitude, digits, to: memory, at: place)
        return place + digits - start
    }

    /// Writes the `description` of `number.rounded(significant: digits)` by the same steps: the number is scaled by a power of ten
    /// and rounded. A `Double` is the nearest one to a single decimal number of up to 15 digits, so that those of the rounded
    /// number, without zeros at its end, are its shortest text.
    /// - Parameter memory: has `longest` bytes from `start` on.
    /// - Returns: the number of bytes; nil where the number is too small or great for these steps, or not finite.
    static func write(
        _ number: Double, significant digits: Int, to memory: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int? {
        let size = number.magnitude
        guard size == 0 || (size >= 1e-12 && size < 1e15), digits >= 1, digits <= 9 else { return nil }
        var place = start
        if number.sign == .minus {
            memory[place] = UInt8(ascii: "-")
            place += 1
        }
        if size == 0 {
            place += write(digits: 0, 1, exponent: 0, to: memory, at: place)
            return place - start
        }
        // That of the power of two below is the exponent, or one less (1233 / 4096 is log10 2). Beside a power of ten the
        // logarithm may say otherwise, but there both round to that power.
        var exponent = ((Int(size.bitPattern >> 52) - 1023) * 1233) >> 12
        var scaled = scale(size, by: digits - 1 - exponent)
        if scaled >= powers[digits] {
            exponent += 1
            scaled = scale(size, by: digits - 1 - exponent)
        }
        var whole = UInt64(scaled)
        if scaled - Double(whole) >= 0.5 { whole += 1 }
        let last = exponent - digits + 1
        let count = digitCount(whole)
        place += write(digits: whole, count, exponent: last + count - 1, to: memory, at: place)
        return place - start
    }

    /// A number times a power of ten from -22 to 22, rounded once.
    private static func scale(_ number: Double, by power: Int) -> Double {
        power >= 0 ? number * powers[power] : number / powers[-power]
    }

    /// Writes a number as Swift does, given by its digits as an integer, how many these are, and the exponent of the first one.
    private static func write(
        digits: UInt64, _ count: Int, exponent: Int, to memory: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        var (digits, count) = (digits, count)
        while count > 3, digits % 1000 == 0 { (digits, count) = (digits / 1000, count - 3) }
        while count > 1, digits % 10 == 0 { (digits, count) = (digits / 10, count - 1) }
        if exponent < -4 { return writeScientific(digits, count, exponent, to: memory, at: start) }
        if exponent < 0 {
            // As 0.0025: the zeros come before the digits.
            let zeros = -exponent - 1
            memory[start] = UInt8(ascii: "0")
            memory[start + 1] = UInt8(ascii: ".")
            for index in 0..<zeros { memory[start + 2 + index] = UInt8(ascii: "0") }
            write(digits, count, to: memory, at: start + 2 + zeros)
            return 2 + zeros + count
        }
        let whole = exponent + 1
        guard count > whole else {
            write(digits, count, to: memory, at: start)
            for index in count..<whole { memory[start + index] = UInt8(ascii: "0") }
            memory[start + whole] = UInt8(ascii: ".")
            memory[start + whole + 1] = UInt8(ascii: "0")
            return whole + 2
        }
        write(digits, count, to: memory, at: start + 1)
        for index in start..<start + whole { memory[index] = memory[index + 1] }
        memory[start + whole] = UInt8(ascii: ".")
        return count + 1
    }

    /// Writes a number below 0.0001, as `1.4e-05`.
    private static func writeScientific(
        _ digits: UInt64, _ count: Int, _ exponent: Int, to memory: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        var place = start
        if count > 1 {
            write(digits, count, to: memory, at: place + 1)
            memory[place] = memory[place + 1]
            memory[place + 1] = UInt8(ascii: ".")
            place += count + 1
        } else {
            write(digits, count, to: memory, at: place)
            place += 1
        }
        memory[place] = UInt8(ascii: "e")
        memory[place + 1] = UInt8(ascii: "-")
        write(UInt64(-exponent), 2, to: memory, at: place + 2)
        return place + 4 - start
    }

    /// Writes the last `count` digits of a number.
    private static func write(_ number: UInt64, _ count: Int, to memory: UnsafeMutableRawBufferPointer, at start: Int) {
        var rest = number
        for place in stride(from: start + count - 1, through: start, by: -1) {
            memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var (count, power) = (1, UInt64(10))
        while number >= power {
            count += 1
            let (next, overflows) = power.multipliedReportingOverflow(by: 10)
            if overflows { break }
            power = next
        }
        return count
    }
}
