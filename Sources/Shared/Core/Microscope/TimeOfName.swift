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
