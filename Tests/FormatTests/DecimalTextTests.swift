import EPUCore
import Foundation
import Testing

@testable import EPUFormat

@Suite("Decimal numbers are read as strtod reads them")
struct DecimalTextTests {
    private func exact(_ text: String) -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { Double(exactDecimal: $0) }
    }

    @Test("Numbers of few digits and small powers of ten are read to the last bit")
    func random() {
        var random = RandomSource(seed: 18, stream: "numbers")
        var read = 0
        for _ in 0..<20_000 {
            let digits = random.next() >> UInt64(random.index(below: 64))
            var text = String(digits)
            if random.index(below: 3) > 0 { text.insert(".", at: text.index(text.startIndex, offsetBy: 1)) }
            if random.index(below: 2) > 0 { text = "-" + text }
            if random.index(below: 3) > 0 {
                text += "E" + ["", "+", "-"][random.index(below: 3)] + "\(random.index(below: 30))"
            }
            guard let value = exact(text) else { continue }
            read += 1
            #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
        }
        #expect(read > 5000)
    }

    @Test(
        "EPU's usual numbers are of this form",
        arguments: [
            ("0", 0.0), ("-0", -0.0), ("300000", 300_000), ("8.299999999999999E-07", 8.299999999999999e-7),
            ("-0.1903483229729037", -0.1903483229729037), ("9007199254740992", 9_007_199_254_740_992), ("1E+22", 1e22),
        ])
    func usual(text: String, value: Double) { #expect(exact(text)?.bitPattern == value.bitPattern) }

    @Test(
        "Anything else is left to strtod",
        arguments: [
            "", "-", ".", ".5", "5.", "+1", "1e5", "1E", "1E+", "1E23", "1E-23", "1E99999999999999999999", "1.2.3",
            "1 ", " 1", "0x1",
            "NaN", "INF", "9007199254740993", "1,5", "--1", "123456789012345678901",
        ])
    func others(text: String) { #expect(exact(text) == nil) }
}
