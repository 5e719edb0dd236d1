/// The base name of an exposure, with its numbers.
public struct ExposureName: Hashable, Sendable {
    /// The base name without suffix, which the twins of one exposure share.
    public let base: String
    private let key: ExposureKey

    public var foilHole: Int64 { key.foilHole }
    public var area: Int64 { key.area }
    public var thirdNumber: Int64 { key.thirdNumber }

    /// Splits a name that starts with an exposure's base name; `rest` is what follows it, for example `_Fractions.xml`.
    public static func parse(_ text: some StringProtocol) -> (name: ExposureName, rest: String)? {
        BaseNameReader.read(text) { ExposureKey(&$0) }.map { (ExposureName(base: $0.base, key: $0.value), $0.rest) }
    }

    /// Finds an exposure's base name anywhere in a text: users put their own words before it.
    public static func find(in text: String) -> (name: ExposureName, rest: String)? {
        text.firstMatch(startingWith: "FoilHole_") { parse($0) }
    }

    /// Finds an exposure's base name in upper or lower case, as disks that do not tell cases apart may give it: the base name is
    /// spelt as EPU spells it, `rest` is in lower case.
    public static func find(inAnyCase text: String) -> (name: ExposureName, rest: String)? {
        find(in: text.lowercased().replacing("foilhole_", with: "FoilHole_").replacing("_data_", with: "_Data_"))
    }

    /// The two numbers that an exposure's name starts with, which is quicker than reading all of it.
    public static func holeAndArea(of name: some StringProtocol) -> (foilHole: Int64, area: Int64)? {
        BaseNameReader.read(name) { ExposureKey.holeAndArea(&$0) }?.value
    }
}
