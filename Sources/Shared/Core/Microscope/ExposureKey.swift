/// The numbers of an exposure's base name, `FoilHole_<hole>_Data_<area>_<n>_<yyyymmdd>_<HHMM or HHMMSS>`: they are the same for
/// all names of one exposure, in upper or lower case. They are found in bytes, for files with a name on each of a million lines.
public struct ExposureKey: Hashable, Sendable {
    public let foilHole: Int64
    public let area: Int64
    /// The third number of the name: the acquisition setting, or under AFIS in EPU 3.9 the rank of the hole in its cluster. It
    /// never identifies an exposure.
    public let thirdNumber: Int64
    /// The digits of date and time as one number.
    private let time: Int64

    /// The area and the time tell nearly all exposures apart: to hash less takes less time, where tables have a million keys.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(area)
        hasher.combine(time)
    }

    /// Reads a base name; nothing else knows how one is spelt.
    init?(_ reader: inout BaseNameReader) {
        guard let places = Self.holeAndArea(&reader), reader.skip("_"), let third = reader.number(), reader.skip("_"),
            let time = reader.time()
        else { return nil }
        (foilHole, area) = places
        thirdNumber = third
        self.time = time
    }

    /// Reads the two numbers that a base name starts with, which is quicker than reading all of it.
    static func holeAndArea(_ reader: inout BaseNameReader) -> (foilHole: Int64, area: Int64)? {
        guard reader.skip("FoilHole_"), let hole = reader.number(), reader.skip("_Data_"), let area = reader.number()
        else { return nil }
        return (hole, area)
    }

    /// Finds the base name in a text; nil where there is none.
    /// - Parameter name: For example `FoilHole_5180641_Data_5180485_3_20250108_154915`, with anything before and after it.
    public init?(_ name: String) {
        var name = name
        guard let key = name.withUTF8({ ExposureKey(in: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = key
    }

    /// Finds the first base name in the last component of a path; nil where there is none.
    public init?(in path: UnsafeRawBufferPointer) {
        var start = path.startIndex
        for index in path.indices.reversed() where path[index] == UInt8(ascii: "/") {
            start = index + 1
            break
        }
        while start < path.endIndex {
            if path[start] | 0x20 == UInt8(ascii: "f") {
                var reader = BaseNameReader(path, at: start, ignoresCase: true)
                if let key = ExposureKey(&reader) {
                    self = key
                    return
                }
            }
            start += 1
        }
        return nil
    }
}
