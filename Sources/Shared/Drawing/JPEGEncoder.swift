import CTurboJPEG
import EPUCore

/// Grey baseline JPEGs by TurboJPEG. The same pixels give the same bytes.
public enum JPEGEncoder {
    /// - Parameters:
    ///   - pixels: Grey levels row by row from the top, `width` x `height` of them.
    ///   - quality: The quality of the JPEG, 1 to 100.
    /// - Throws: `Failure` where the sizes do not fit together or the encoder refuses.
    public static func grey(_ pixels: [UInt8], width: Int, height: Int, quality: Int) throws -> [UInt8] {
        // 65,500 is libjpeg's JPEG_MAX_DIMENSION.
        guard (1...65_500).contains(width), (1...65_500).contains(height), pixels.count == width * height else {
            throw Failure("A picture of \(pixels.count) pixels is not \(width) x \(height) of them.")
        }
        guard (1...100).contains(quality) else { throw Failure("A JPEG's quality is 1 to 100, not \(quality).") }
        guard let handle = tjInitCompress() else { throw Failure("TurboJPEG did not start.") }
        defer { tjDestroy(handle) }

        // TJFLAG_NOREALLOC: TurboJPEG fills our buffer, which is as large as any result can be, and allocates none.
        let subsampling = Int32(TJSAMP_GRAY.rawValue)
        let capacity = Int(tjBufSize(Int32(width), Int32(height), subsampling))
        var reason: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var start = buffer.baseAddress
            var size = UInt(capacity)
            let status = pixels.withUnsafeBufferPointer { source in
                tjCompress2(
                    handle, source.baseAddress, Int32(width), 0, Int32(height), Int32(TJPF_GRAY.rawValue), &start,
                    &size,
                    subsampling, Int32(quality), TJFLAG_NOREALLOC)
            }
            if status == 0 {
                count = Int(size)
            } else {
                reason = String(cString: tjGetErrorStr2(handle))
                count = 0
            }
        }
        if let reason { throw Failure("TurboJPEG could not write a picture: \(reason).") }
        return bytes
    }
}
