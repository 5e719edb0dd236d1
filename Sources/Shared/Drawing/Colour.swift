/// A colour as red, green, blue and opacity, each 0 to 1.
public struct Colour: Hashable, Sendable {
    public var red: Double
    public var green: Double
    public var blue: Double
    public var alpha: Double

    public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// Makes the colour that HTML writes as 0xRRGGBB.
    public init(_ hex: UInt32) {
        self.init(
            red: Double(hex >> 16 & 0xff) / 255, green: Double(hex >> 8 & 0xff) / 255, blue: Double(hex & 0xff) / 255)
    }

    public static func grey(_ level: Double) -> Colour { Colour(red: level, green: level, blue: level) }
    public static let black = grey(0)
    public static let white = grey(1)

    public func opacity(_ alpha: Double) -> Colour { Colour(red: red, green: green, blue: blue, alpha: alpha) }
}

extension Colour {
    /// The colour of a group: twenty that stay apart on white paper, the strongest first; then they repeat. The first
    /// seven, after Okabe and Ito ("Color Universal Design", 2008, darkened for dots), are told apart by the
    /// colour-blind, too.
    public static func ofGroup(_ number: Int) -> Colour {
        groups[((number % groups.count) + groups.count) % groups.count]
    }

    private static let groups: [Colour] = [
        0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x8c6d1f, 0x7b3fa0, 0x6b8e23, 0xb22222, 0x2f4f4f,
        0xff7f7f, 0x1f3a93, 0x20b2aa, 0xa0522d, 0x9370db, 0x808080, 0x32cd32, 0xff1493, 0x708090,
    ].map { Colour($0) }
}
