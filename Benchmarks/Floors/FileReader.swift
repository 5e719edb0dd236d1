import EPUCore
import Foundation

/// Reads one file after another into the same buffer.
struct FileReader {
    /// The bytes that were read. Exposure XMLs have 11 to 16 KB; the buffer grows for a larger one.
    private(set) var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// The number of bytes of the file that was read last.
    private(set) var length = 0

    mutating func read(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno))).") }
        defer { close(descriptor) }
        length = 0
        while true {
            if length == buffer.count { buffer += [UInt8](repeating: 0, count: length) }
            let start = length
            let count = buffer.withUnsafeMutableBytes { bytes in
                Glibc.read(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            }
            guard count >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno))).") }
            if count == 0 { return }
            length += count
        }
    }
}
