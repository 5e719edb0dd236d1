/// The numbers of an exposure's base name: the same for all names of one exposure, whatever their case. Found in bytes,
/// for files with a name on each of a million lines.
public struct ExposureKey: Hashable, Sendable {
    private let foilHole: Int64
    private let area: Int64
    private let thirdNumber: Int64
    /// The digits of date and time; as many as there are of the time tell its form.
    private let time: Int64

    /// - Parameter name: as `FoilHole_5180641_Data_5180485_3_20250108_154915`, with whatever before and after it.
    public init?(_ name: String) {
        var name = name
        guard let key = name.withUTF8({ ExposureKey(in: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = key
    }

    /// The first base name in the last component of a path; nil where there is none.
    public init?(in path: UnsafeRawBufferPointer) {
        var start = path.startIndex
        for index in path.indices.reversed() where path[index] == UInt8(ascii: "/") {
            start = index + 1
            break
        }
        while start < path.endIndex {
            if path[start] | 0x20 == UInt8(ascii: "f"), let key = ExposureKey(path, at: start) {
                self = key
                return
            }
            start += 1
        }
        return nil
    }

    private init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        var position = start
        func skip(_ word: StaticString) -> Bool {
            word.withUTF8Buffer { wanted in
                guard bytes.endIndex - position >= wanted.count else { return false }
                for (offset, byte) in wanted.enumerated() {
                    // The words are letters in lower case and `_`, which is 0x5F: with 0x20 it would be DEL.
                    let found = bytes[position + offset]
                    guard found == byte || (found | 0x20 == byte && byte != UInt8(ascii: "_")) else { return false }
                }
                position += wanted.count
                return true
            }
        }
        /// The value of up to eighteen digits, and how many they are.
        func number() -> (value: Int64, digits: Int)? {
            var value: Int64 = 0
            let first = position
            while position < bytes.endIndex, bytes[position] >= 0x30, bytes[position] <= 0x39 {
                guard position - first < 18 else { return nil }
                value = value * 10 + Int64(bytes[position] - 0x30)
                position += 1
            }
            return position > first ? (value, position - first) : nil
        }
        guard skip("foilhole_"), let hole = number(), skip("_data_"), let area = number(), skip("_"),
            let third = number(), skip("_"), let date = number(), date.digits == 8, skip("_"), let time = number(),
            time.digits == 4 || time.digits == 6
        else { return nil }
        foilHole = hole.value
        self.area = area.value
        thirdNumber = third.value
        self.time = (date.value * 10 + Int64(time.digits)) * 1_000_000 + time.value
    }
}
