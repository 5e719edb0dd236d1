import CZlib
import EPUCore
import EPUFormat

/// Unpacks gzip (RFC 1952): some sites store XML packed.
enum Gzip {
    /// Unpacks a file's content.
    /// - Parameter limit: The greatest size, bytes: what unpacks to more is refused before it takes more memory.
    static func content(_ packed: ArraySlice<UInt8>, limit: Int) throws(Unusable) -> [UInt8] {
        var stream = z_stream()
        // The number is 16 more than the window's bits, which asks for gzip's own header.
        guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Unusable(status: .unreadable, reason: "zlib does not start")
        }
        defer { inflateEnd(&stream) }
        var input = Array(packed)
        var unpacked: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        let status = input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            return part.withUnsafeMutableBufferPointer { part in
                while true {
                    stream.next_out = part.baseAddress
                    stream.avail_out = UInt32(part.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    unpacked += part[..<(part.count - Int(stream.avail_out))]
                    guard unpacked.count <= limit else { return status }
                    // Several gzip files may follow each other in one; tapes and some tools put other bytes behind the last.
                    if status == Z_STREAM_END, stream.avail_in > 1, let next = stream.next_in, next[0] == 0x1f,
                        next[1] == 0x8b, inflateReset(&stream) == Z_OK
                    {
                        continue
                    }
                    guard status == Z_OK else { return status }
                }
            }
        }
        guard unpacked.count <= limit else {
            throw Unusable(
                status: .unreadable, reason: "it unpacks to far more than EPU writes (limit \(limit) bytes)")
        }
        switch status {
        case Z_STREAM_END: return unpacked
        case Z_BUF_ERROR: throw Unusable(status: .incomplete, reason: "the packed file ends early")
        default: throw Unusable(status: .malformed, reason: "it is no gzip file, or a damaged one")
        }
    }
}
