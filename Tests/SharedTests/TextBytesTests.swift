import EPUCore
import Testing

@Suite("Text written as bytes")
struct TextBytesTests {
    private static func text(_ write: (inout TextBytes) -> Void) -> String {
        var bytes = TextBytes(capacity: 1)
        write(&bytes)
        return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// A number as the slow way writes it.
    private static func expected(_ number: Double, _ digits: Int) -> String {
        number.rounded(significant: digits).description
    }

    private static func check(_ number: Double, digits: ClosedRange<Int> = 1...9) {
        for number in [number, -number] {
            for digits in digits {
                let written = text { $0.append(number, significant: digits) }
                let expected = expected(number, digits)
                if written != expected { Issue.record("\(number) with \(digits) digits: \(written), not \(expected)") }
            }
        }
    }

    @Test(
        "A number has so many digits that count, as Swift writes them",
        arguments: [
            (0.8299999999999998, "0.83"), (127.66220026817758, "127.6622"),
            (-5.2707425785785124e-05, "-5.27074258e-05"),
            (300, "300.0"), (0, "0.0"), (-0.0, "-0.0"), (123_456_789_012.3, "123456789000.0"),
            (1.0558814239614023, "1.05588142"), (9.999999999999, "10.0"), (0.000099999999999, "0.0001"),
            (1e-05, "1e-05"),
            (0.00012345678951, "0.00012345679"), (1e-40, "1e-40"), (.infinity, "inf"), (.nan, "nan"),
            (999_999_999_999_999, "1000000000000000.0"), (1e22, "1e+22"), (.leastNonzeroMagnitude, "5e-324"),
        ] as [(Double, String)])
    func digits(number: Double, text: String) {
        #expect(Self.text { $0.append(number, significant: 9) } == text)
        #expect(Self.text { $0.append(number, significant: nil) } == number.description)
    }

    @Test("Beside powers of ten, and half-way between two texts, the slow way decides")
    func edges() {
        for exponent in -16...18 {
            guard let power = Double("1e\(exponent)") else { continue }
            for factor in [0.5, 1, 1.5, 2.5, 9.5, 9.999999995, 9.9999999949999, 1.000000005, 1.0000000049999] {
                for number in [power * factor, (power * factor).nextUp, (power * factor).nextDown] {
                    Self.check(number)
                }
            }
        }
        for number in 0...2000 {
            Self.check(Double(number) / 8)
            Self.check(Double(number) * 1_000_000.5)
        }
    }

    @Test("Numbers of every size are written as the slow way does")
    func random() {
        var source = RandomSource(seed: 7, stream: "numbers")
        for _ in 0..<100_000 {
            // Those that tables have, and any bits.
            Self.check(source.uniform(-1000, 1000), digits: 9...9)
            let exponent = UInt64(1023 - 45 + source.index(below: 100))
            Self.check(Double(bitPattern: exponent << 52 | source.next() >> 12), digits: 9...9)
        }
        for _ in 0..<10_000 {
            Self.check(Double(bitPattern: source.next()))
        }
    }

    @Test("Integers are written as they are described")
    func integers() {
        var numbers: [Int64] = [0, .min, .max, .min + 1]
        var power: Int64 = 1
        for _ in 0..<19 {
            numbers += [power - 1, power, power + 1, -power, 1 - power, -1 - power]
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        for number in numbers { #expect(Self.text { $0.append(number) } == number.description) }
    }

    @Test("Text grows, is repeated, compared and taken away")
    func growth() {
        var bytes = TextBytes(capacity: 1)
        for number in 0..<100 {
            bytes.append("line \(number),")
            bytes.append(UInt8(ascii: "\n"))
        }
        let all = (0..<100).map { "line \($0),\n" }.joined()
        #expect(bytes.withBytes { String(decoding: $0, as: UTF8.self) } == all)
        bytes.append(again: 0..<8)
        #expect(bytes.withBytes(from: all.utf8.count) { String(decoding: $0, as: UTF8.self) } == "line 0,\n")
        let isSame = "line 1".utf8.withContiguousStorageIfAvailable { text in
            let text = UnsafeRawBufferPointer(text)
            return bytes.has(text, in: 8..<14) && !bytes.has(text, in: 0..<6) && !bytes.has(text, in: 8..<13)
        }
        #expect(isSame == true)
        bytes.removeFirst(all.utf8.count)
        bytes.append("ü")
        #expect(bytes.count == 10 && bytes.withBytes { String(decoding: $0, as: UTF8.self) } == "line 0,\nü")
        bytes.removeFirst(10)
        #expect(bytes.count == 0 && bytes.withBytes { $0.isEmpty })
    }
}
