import EPUCore

/// A grey baseline JPEG of noise: every block of 8 x 8 pixels has a grey level of its own, drawn at random.
///
/// It is written without a library, since it needs no more than the first number of each block (ITU-T T.81): epu-ingest draws
/// nothing else.
enum NoiseJPEG {
    /// - Parameters:
    ///   - width: The width in pixels, 1 to 65535, as the height.
    ///   - random: What the levels are drawn from.
    static func bytes(width: Int, height: Int, random: inout RandomSource) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        func segment(_ marker: UInt8, _ content: [UInt8]) {
            bytes += [0xFF, marker] + word(content.count + 2) + content
        }
        segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))
        segment(0xC0, [8] + word(height) + word(width) + [1, 1, 0x11, 0])
        // The first number of a block is coded as the difference to the one before, of 0 to 9 bits: four bits say how many. Of the
        // others there is only "no more", which takes one bit.
        segment(0xC4, [0x00] + [0, 0, 0, 10] + [UInt8](repeating: 0, count: 12) + (0...9))
        segment(0xC4, [0x10] + [1] + [UInt8](repeating: 0, count: 15) + [0])
        segment(0xDA, [1, 1, 0x00, 0, 63, 0])
        var bits = BitWriter()
        var last = 0
        for _ in 0..<((width + 7) / 8) * ((height + 7) / 8) {
            // The level is 128 + value, as the sum of 64 pixels is divided by 8 and by the 8 of the table.
            let value = random.index(below: 120) - 60
            let difference = value - last
            last = value
            let size = Int.bitWidth - abs(difference).leadingZeroBitCount
            bits.add(size, count: 4)
            bits.add(difference < 0 ? difference + (1 << size) - 1 : difference, count: size)
            bits.add(0, count: 1)
        }
        return bytes + bits.finished() + [0xFF, 0xD9]
    }

    private static func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }

    /// The width and height that a JPEG's header says; nil where it is no JPEG.
    /// - Parameter file: The bytes from the file's beginning.
    static func size(_ file: ArraySlice<UInt8>) -> (width: Int, height: Int)? {
        let bytes = Array(file)
        guard bytes.count > 3, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var place = 2
        while place + 9 < bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            if marker == 0xFF {
                place += 1
                continue
            }
            // Frame headers, without the tables that have numbers among theirs.
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                let height = Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])
                let width = Int(bytes[place + 7]) << 8 | Int(bytes[place + 8])
                return width > 0 && height > 0 ? (width, height) : nil
            }
            place += 2 + (Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
        }
        return nil
    }
}

/// Bits of a JPEG, the first one highest; a byte 0xFF has a zero behind it.
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var waiting = 0
    private var count = 0

    mutating func add(_ value: Int, count more: Int) {
        waiting = waiting << more | value
        count += more
        while count >= 8 {
            count -= 8
            let byte = UInt8(waiting >> count & 0xFF)
            bytes.append(byte)
            if byte == 0xFF { bytes.append(0) }
            waiting &= (1 << count) - 1
        }
    }

    mutating func finished() -> [UInt8] {
        if count > 0 { add((1 << (8 - count)) - 1, count: 8 - count) }
        return bytes
    }
}
