import EPUCore
import Testing

@Suite("Numbers as people read them")
struct NumberTextTests {
    @Test(
        "A number has the decimals that its error leaves",
        arguments: [
            (24.33312, 0.0142, "24.333 +- 0.014"), (24.33312, 0.0196, "24.33 +- 0.02"),
            (26.7812, 0.038, "26.78 +- 0.04"),
            (-69.07, 1.04, "-69.1 +- 1.0"), (26.99, 0.47, "27.0 +- 0.5"), (24.33312, 0.00001, "24.333 +- 0.001"),
            (24.33312, 12.4, "24 +- 12"), (24.33312, 0, "24.33"), (24.33312, nil, "24.33"),
        ] as [(Double, Double?, String)])
    func errors(number: Double, error: Double?, text: String) { #expect(number.text(error: error) == text) }

    @Test(
        "Fewer digits hide how a computer rounds, and nothing else",
        arguments: [
            (0.8299999999999998, "0.83"), (127.66220026817758, "127.6622"),
            (-5.2707425785785124e-05, "-5.27074258e-05"),
            (300, "300.0"), (0, "0.0"), (123_456_789_012.3, "123456789000.0"), (1.0558814239614023, "1.05588142"),
            (9.999999999999, "10.0"), (1e-40, "1e-40"), (.infinity, "inf"),
        ])
    func digits(number: Double, text: String) { #expect("\(number.rounded(significant: 9))" == text) }
}
