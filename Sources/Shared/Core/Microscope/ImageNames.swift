/// The base name of a hole image, `FoilHole_<hole>_<yyyymmdd>_<HHMM or HHMMSS>`.
public struct HoleImageName: Hashable, Sendable {
    public let base: String
    public let foilHole: Int64

    public static func parse(_ text: some StringProtocol) -> (name: HoleImageName, rest: String)? {
        BaseNameReader.read(text) { reader -> Int64? in
            guard reader.skip("FoilHole_"), let hole = reader.number(), reader.skip("_"), reader.time() != nil else {
                return nil
            }
            return hole
        }.map { (HoleImageName(base: $0.base, foilHole: $0.value), $0.rest) }
    }

    /// Finds a hole image's base name anywhere in a text.
    public static func find(in text: String) -> (name: HoleImageName, rest: String)? {
        text.firstMatch(startingWith: "FoilHole_") { parse($0) }
    }
}

/// The base name of a grid square image, `GridSquare_<yyyymmdd>_<HHMM or HHMMSS>`.
public struct GridSquareImageName: Hashable, Sendable {
    public let base: String

    public static func parse(_ text: some StringProtocol) -> (name: GridSquareImageName, rest: String)? {
        BaseNameReader.read(text) { $0.skip("GridSquare_") ? $0.time() : nil }
            .map { (GridSquareImageName(base: $0.base), $0.rest) }
    }

    /// Finds a grid square image's base name anywhere in a text.
    public static func find(in text: String) -> (name: GridSquareImageName, rest: String)? {
        text.firstMatch(startingWith: "GridSquare_") { parse($0) }
    }
}

/// The number in `GridSquare_<id>`, the name of a folder or what stands before `.dm`.
public func gridSquareNumber(of text: some StringProtocol) -> (number: Int64, rest: String)? {
    BaseNameReader.read(text) { $0.skip("GridSquare_") ? $0.number() : nil }.map { ($0.value, $0.rest) }
}

/// The number in `TargetLocation_<hole>` before `.dm`, the file that EPU before 2 writes for each foil hole.
public func targetLocationNumber(of text: some StringProtocol) -> (number: Int64, rest: String)? {
    BaseNameReader.read(text) { $0.skip("TargetLocation_") ? $0.number() : nil }.map { ($0.value, $0.rest) }
}
