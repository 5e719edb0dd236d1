/// The base name of a Data exposure, `FoilHole_<hole>_Data_<area>_<n>_<yyyymmdd>_<HHMM or HHMMSS>`.
///
/// EPU 1.x writes the time without seconds. The third number is the acquisition setting, or under AFIS in EPU 3.9 the
/// rank of the hole in its cluster: never an identity.
public struct ExposureName: Hashable, Sendable {
    /// Without suffix; the twins of one exposure share it.
    public let base: String
    public let foilHole: Int64
    public let area: Int64
    public let thirdNumber: Int64

    /// Splits a name that starts with an exposure's base name; `rest` is what follows it, as `_Fractions.xml`.
    public static func parse(_ text: some StringProtocol) -> (name: ExposureName, rest: String)? {
        var reader = NameReader(text)
        guard reader.skip("FoilHole_"), let hole = reader.number(), reader.skip("_Data_"), let area = reader.number(),
            reader.skip("_"), let third = reader.number(), reader.skip("_"), reader.skipTimeOfName()
        else { return nil }
        return (
            ExposureName(base: reader.consumed, foilHole: hole, area: area, thirdNumber: third), reader.rest
        )
    }

    /// Finds an exposure's base name anywhere in a text: users put their own words before it.
    public static func find(in text: String) -> (name: ExposureName, rest: String)? {
        text.firstMatch(startingWith: "FoilHole_") { parse($0) }
    }

    /// The same in whatever case, as disks that do not tell cases apart hand names out: the base name is spelt as EPU
    /// does, `rest` is in lower case.
    public static func find(inAnyCase text: String) -> (name: ExposureName, rest: String)? {
        find(in: text.lowercased().replacing("foilhole_", with: "FoilHole_").replacing("_data_", with: "_Data_"))
    }

    /// The two numbers that an exposure's name starts with: all of it takes longer.
    public static func holeAndArea(of name: some StringProtocol) -> (foilHole: Int64, area: Int64)? {
        var reader = NameReader(name)
        guard reader.skip("FoilHole_"), let hole = reader.number(), reader.skip("_Data_"), let area = reader.number()
        else { return nil }
        return (hole, area)
    }
}

/// The base name of a hole image, `FoilHole_<hole>_<yyyymmdd>_<HHMM or HHMMSS>`.
public struct HoleImageName: Hashable, Sendable {
    public let base: String
    public let foilHole: Int64

    public static func parse(_ text: some StringProtocol) -> (name: HoleImageName, rest: String)? {
        var reader = NameReader(text)
        guard reader.skip("FoilHole_"), let hole = reader.number(), reader.skip("_"), reader.skipTimeOfName() else {
            return nil
        }
        return (HoleImageName(base: reader.consumed, foilHole: hole), reader.rest)
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
        var reader = NameReader(text)
        guard reader.skip("GridSquare_"), reader.skipTimeOfName() else { return nil }
        return (GridSquareImageName(base: reader.consumed), reader.rest)
    }

    /// Finds a grid square image's base name anywhere in a text.
    public static func find(in text: String) -> (name: GridSquareImageName, rest: String)? {
        text.firstMatch(startingWith: "GridSquare_") { parse($0) }
    }
}

/// The number in `GridSquare_<id>`, as a folder's name or before `.dm`.
public func gridSquareNumber(of text: some StringProtocol) -> (number: Int64, rest: String)? {
    var reader = NameReader(text)
    guard reader.skip("GridSquare_"), let number = reader.number() else { return nil }
    return (number, reader.rest)
}

/// The number in `TargetLocation_<hole>`, before `.dm`: a foil hole's own file of EPU before 2.
public func targetLocationNumber(of text: some StringProtocol) -> (number: Int64, rest: String)? {
    var reader = NameReader(text)
    guard reader.skip("TargetLocation_"), let number = reader.number() else { return nil }
    return (number, reader.rest)
}

/// The local time in the last two fields of a base name, `_20250108_154915` or `_20190513_1722`, on the microscope's
/// clock but read as if it were UTC; nil where it is no time.
public func timeOfName(_ base: some StringProtocol) -> Timestamp? {
    let fields = base.split(separator: "_").suffix(2).map { Array($0.utf8) }
    guard fields.count == 2, fields[0].count == 8, fields[1].count == 4 || fields[1].count == 6 else { return nil }
    func number(_ digits: some Collection<UInt8>) -> Int? {
        digits.reduce(Optional(0)) { value, byte in
            guard let value, byte >= 0x30, byte <= 0x39 else { return nil }
            return value * 10 + Int(byte - 0x30)
        }
    }
    guard let year = number(fields[0].prefix(4)), let month = number(fields[0][4..<6]),
        let day = number(fields[0][6..<8]), let hour = number(fields[1].prefix(2)),
        let minute = number(fields[1][2..<4]),
        let second = number(fields[1].dropFirst(4))
    else { return nil }
    return Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
}

/// Reads a name byte by byte, remembering what it has passed.
private struct NameReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    var consumed: String { String(decoding: bytes[..<position], as: UTF8.self) }
    var rest: String { String(decoding: bytes[position...], as: UTF8.self) }

    mutating func skip(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { wanted in
            guard bytes.count - position >= wanted.count, bytes[position...].starts(with: wanted) else { return false }
            position += wanted.count
            return true
        }
    }

    /// One to eighteen digits, so that the value fits.
    mutating func number() -> Int64? {
        var value: Int64 = 0
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            guard position - start < 18 else { return nil }
            value = value * 10 + Int64(bytes[position] - 0x30)
            position += 1
        }
        return position > start ? value : nil
    }

    /// `yyyymmdd_HHMM` or `yyyymmdd_HHMMSS`.
    mutating func skipTimeOfName() -> Bool {
        guard digits(from: position) == 8, position + 8 < bytes.count, bytes[position + 8] == UInt8(ascii: "_") else {
            return false
        }
        let length = digits(from: position + 9)
        guard length == 4 || length == 6 else { return false }
        position += 9 + length
        return true
    }

    private func digits(from start: Int) -> Int {
        bytes[start...].prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    }
}

extension String {
    /// What `parse` makes of the first place at which it makes something.
    fileprivate func firstMatch<Match>(startingWith word: String, _ parse: (Substring) -> Match?) -> Match? {
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            if let match = parse(rest[found.lowerBound...]) { return match }
            rest = rest[index(after: found.lowerBound)...]
        }
        return nil
    }
}
