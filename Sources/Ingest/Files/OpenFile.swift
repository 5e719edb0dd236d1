import EPUCore
import EPUFormat
import Foundation

/// A file that is open for reading, and is one: not a pipe that took its place.
struct OpenFile: ~Copyable {
    private let descriptor: Int32
    let size: Int

    /// Opens a file.
    /// - Parameter limit: The greatest size, bytes: a larger file is refused before it is read.
    init(_ path: String, limit: Int) throws(Unusable) {
        // Without O_NONBLOCK a pipe would hold us for ever.
        let opened = PathText.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard opened >= 0 else { throw Unusable(status: .unreadable, reason: Self.reason) }
        var status = stat()
        guard fstat(opened, &status) == 0, PathText.isFile(status) else {
            close(opened)
            throw Unusable(status: .unreadable, reason: "it is no file but a pipe, socket, device or folder")
        }
        guard status.st_size <= limit else {
            close(opened)
            throw Unusable(
                status: .unreadable,
                reason: "it has \(status.st_size) bytes, far more than EPU writes (limit \(limit))")
        }
        descriptor = opened
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Why a file that was listed cannot be opened or read. A server says of one that went meanwhile that its handle is stale.
    private static var reason: String {
        errno == ENOENT || errno == ESTALE ? SourceFile.goneUnread : String(cString: strerror(errno))
    }

    /// Reads the next bytes.
    /// - Returns: Their number; 0 at the end.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(Unusable) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw Unusable(status: .unreadable, reason: Self.reason) }
        }
    }

    /// Reads the whole content, as far as it was there when the file was opened. Of a file that was cut meanwhile it is what is
    /// left, and the XML parser then says that it ends early.
    /// - Returns: The number of bytes of the buffer that it takes.
    borrowing func content(into buffer: inout [UInt8]) throws(Unusable) -> Int {
        if buffer.count < size { buffer = [UInt8](repeating: 0, count: size) }
        var length = 0
        while length < size {
            let count = buffer.withUnsafeMutableBytes { bytes in
                Result { () throws(Unusable) in
                    try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[length..<size]))
                }
            }
            guard try count.get() > 0 else { break }
            length += try count.get()
        }
        return length
    }
}
