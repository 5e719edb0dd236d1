import EPUCore

/// A STAR file as a whole, and divided into what is kept and what is bad: three files that are written at once.
struct StarSplit: ~Copyable {
    struct Paths {
        let all: String
        let kept: String
        let bad: String

        /// The paths for `particles.star`: `particles_optics.star`, `particles_keep.star` and `particles_bad.star`.
        init(of name: String, in folder: String) {
            all = "\(folder)/\(name)_optics.star"
            kept = "\(folder)/\(name)_keep.star"
            bad = "\(folder)/\(name)_bad.star"
        }

        var list: [String] { [all, kept, bad] }
    }

    private var all: OutputFile
    private var kept: OutputFile
    private var bad: OutputFile

    init(_ paths: Paths) throws {
        let all = try OutputFile(paths.all)
        let kept = try OutputFile(paths.kept)
        let bad = try OutputFile(paths.bad)
        self.all = all
        self.kept = kept
        self.bad = bad
    }

    /// Writes a line that all three files have.
    mutating func write(_ line: UnsafeRawBufferPointer) throws {
        try all.write(line)
        try kept.write(line)
        try bad.write(line)
    }

    mutating func write(_ text: String) throws {
        try all.write(text)
        try kept.write(text)
        try bad.write(text)
    }

    /// Writes a row with another number, which is as wide as the old one if that is possible.
    mutating func write(_ line: UnsafeRawBufferPointer, replacing place: Range<Int>, with number: [UInt8], isBad: Bool)
        throws
    {
        try Self.write(line, place, number, to: &all)
        if isBad {
            try Self.write(line, place, number, to: &bad)
        } else {
            try Self.write(line, place, number, to: &kept)
        }
    }

    private static func write(
        _ line: UnsafeRawBufferPointer, _ place: Range<Int>, _ number: [UInt8], to file: inout OutputFile
    ) throws {
        try file.write(UnsafeRawBufferPointer(rebasing: line[..<place.lowerBound]))
        // The value of a new column follows a blank.
        for _ in number.count..<max(place.isEmpty ? number.count + 1 : place.count, number.count) {
            try file.write(" ")
        }
        try number.withUnsafeBytes { try file.write($0) }
        try file.write(UnsafeRawBufferPointer(rebasing: line[place.upperBound...]))
    }

    consuming func commit() throws {
        try all.commit()
        try kept.commit()
        try bad.commit()
    }
}
