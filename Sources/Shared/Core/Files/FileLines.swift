import Foundation

/// The lines of a file of any size, one after another, from a buffer of constant size.
public struct FileLines: ~Copyable {
    public let path: String
    /// The number of the line that was read last, from 1; 0 before the first.
    public private(set) var number = 0

    private let descriptor: Int32
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    /// The greatest length of a line, bytes: what has a longer one is no text.
    private static let greatestLength = 1 << 26

    /// - Throws: `Failure` where the file cannot be read, or is a folder or device.
    public init(_ path: String) throws {
        self.path = path
        // A pipe without a writer would be waited for.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure("Cannot read \(path): \(String(cString: strerror(errno))).") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, PathText.isFile(status) else {
            throw Failure("Cannot read \(path): it is a folder, device or pipe, and no file.")
        }
    }

    /// The state of the open file, to tell later whether it is still the same.
    /// - Throws: `Failure` where the system does not tell.
    public func state() throws -> FileState {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Failure("Cannot read \(path): \(String(cString: strerror(errno))).")
        }
        return FileState(status)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// Calls `body` with each line, its line break included; the last one may have none. The bytes hold during the call.
    /// - Throws: `Failure` where reading fails, or what `body` throws.
    public mutating func forEachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
        while let length = try nextLength() {
            number += 1
            try body(UnsafeRawBufferPointer(rebasing: buffer[start..<start + length]), number)
            start += length
        }
    }

    private mutating func nextLength() throws -> Int? {
        var searched = start
        while true {
            if searched < end, let base = buffer.baseAddress,
                let found = memchr(base + searched, Int32(UInt8(ascii: "\n")), end - searched)
            {
                return UnsafeRawPointer(found) - UnsafeRawPointer(base) - start + 1
            }
            guard !isAtEnd else { return end > start ? end - start : nil }
            let known = end - start
            try fill()
            searched = start + known
        }
    }

    private mutating func fill() throws {
        if start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (start, end) = (0, end - start)
        }
        if end == buffer.count {
            guard buffer.count < Self.greatestLength else {
                throw Failure("\(path), line \(number + 1): the line is longer than 64 MB. This is no text file.")
            }
            let longer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * buffer.count, alignment: 16)
            longer.copyMemory(from: UnsafeRawBufferPointer(buffer))
            buffer.deallocate()
            buffer = longer
        }
        var count: Int
        repeat {
            count = read(descriptor, buffer.baseAddress.map { $0 + end }, buffer.count - end)
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Failure("Cannot read \(path): \(String(cString: strerror(errno))).") }
        end += count
        isAtEnd = count == 0
    }
}
