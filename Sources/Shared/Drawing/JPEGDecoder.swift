import CTurboJPEG
import EPUCore
import Foundation

/// An 8-bit grey image, row by row from the top left.
public struct GreyImage: Hashable, Sendable {
    public let width: Int
    public let height: Int
    public let pixels: [UInt8]

    /// - Precondition: `pixels` holds `width` x `height` bytes.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}

/// Why a picture cannot be shown, in words that fit on its tile.
public struct PictureProblem: Error, Hashable, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Reads JPEG previews as grey images through TurboJPEG, which returns errors instead of jumping out of C. Paths are as
/// `PathText`.
///
/// A file costs at most its own size and that of the scaled image, except for a
/// progressive JPEG, which the library holds whole at any scale: hence the limit on the size before scaling.
public struct JPEGDecoder: Sendable {
    public struct Limits: Sendable {
        /// The greatest size of the file, bytes.
        public var bytes = 64 << 20
        /// The greatest number of pixels before scaling: above the greatest camera image there is (K3 in
        /// super-resolution, 11520 x 8184).
        public var pixels = 150_000_000
        /// The greatest width or height after scaling: what a canvas can draw.
        public var side = 32767

        public init() {}
    }

    /// The scales at which the library itself decodes, by averaging: 1/1, 1/2, 1/4 or 1/8.
    public enum Scale: Int, CaseIterable, Sendable {
        case full = 1
        case half = 2
        case quarter = 4
        case eighth = 8

        /// The number of pixels that are left of `length`, as TurboJPEG rounds.
        public func scaled(_ length: Int) -> Int { (length + rawValue - 1) / rawValue }

        /// The scale of the greatest picture whose longer side is at most `limit`; an eighth where none is that small.
        public static func fitting(width: Int, height: Int, into limit: Int) -> Scale {
            allCases.first { $0.scaled(max(width, height)) <= limit } ?? .eighth
        }
    }

    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Reads width and height before scaling from the file's header.
    public func size(path: String) throws(PictureProblem) -> (width: Int, height: Int) {
        try JPEGHandle().size(read(path), limits: limits)
    }

    /// - Parameter scale: Chooses the scale from the size before scaling.
    /// - Throws: `PictureProblem` for a file that is missing, unreadable, empty, no JPEG, cut short, damaged, in CMYK
    ///   or too large.
    public func decodeGrey(path: String, scale: (_ width: Int, _ height: Int) -> Scale) throws(PictureProblem)
        -> GreyImage
    {
        try decodeGrey(read(path), scale: scale)
    }

    public func decodeGrey(path: String, scale: Scale = .full) throws(PictureProblem) -> GreyImage {
        try decodeGrey(path: path) { _, _ in scale }
    }

    public func decodeGrey(_ bytes: [UInt8], scale: (_ width: Int, _ height: Int) -> Scale) throws(PictureProblem)
        -> GreyImage
    {
        let handle = try JPEGHandle()
        let full = try handle.size(bytes, limits: limits)
        let scale = scale(full.width, full.height)
        let width = scale.scaled(full.width)
        let height = scale.scaled(full.height)
        guard max(width, height) <= limits.side else { throw .tooLarge(full.width, full.height) }
        return try handle.decode(bytes, width: width, height: height)
    }

    private func read(_ path: String) throws(PictureProblem) -> [UInt8] {
        // NONBLOCK: opening a pipe must not wait for its writer.
        let descriptor = PathText.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw PictureProblem("the file is missing") }
            throw PictureProblem("the file cannot be opened (\(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PictureProblem("not a file")
        }
        guard status.st_size <= limits.bytes else {
            throw PictureProblem("the file is too large (\(status.st_size >> 20) MiB)")
        }
        let size = Int(status.st_size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { return }
                count += got
            }
        }
        guard failure == 0 else {
            throw PictureProblem("the file cannot be read (\(String(cString: strerror(failure))))")
        }
        return bytes
    }
}

/// TurboJPEG's decompressor and its lifetime: each file has its own, since after a damaged file it may fail a sound one.
private struct JPEGHandle: ~Copyable {
    private let handle: tjhandle

    init() throws(PictureProblem) {
        guard let handle = tjInitDecompress() else { throw PictureProblem("the JPEG library has no memory") }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    func size(_ bytes: [UInt8], limits: JPEGDecoder.Limits) throws(PictureProblem) -> (width: Int, height: Int) {
        guard !bytes.isEmpty else { throw PictureProblem("the file is empty") }
        guard bytes.starts(with: [0xff, 0xd8]) else { throw PictureProblem("the file is not a JPEG") }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colourSpace: Int32 = 0
        let status = bytes.withUnsafeBufferPointer {
            tjDecompressHeader3(
                handle, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colourSpace)
        }
        guard status == 0 else { throw problem() }
        guard width > 0, height > 0 else { throw PictureProblem("the JPEG has no size") }
        guard colourSpace != TJCS_CMYK.rawValue, colourSpace != TJCS_YCCK.rawValue else {
            throw PictureProblem("the JPEG is in CMYK colours")
        }
        guard Int(width) * Int(height) <= limits.pixels else { throw .tooLarge(Int(width), Int(height)) }
        return (Int(width), Int(height))
    }

    func decode(_ bytes: [UInt8], width: Int, height: Int) throws(PictureProblem) -> GreyImage {
        var status: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            // A cut file leaves the rest of the buffer unwritten.
            buffer.initialize(repeating: 0)
            count = width * height
            status = bytes.withUnsafeBufferPointer { source in
                // LIMITSCANS: a progressive file of a few kilobytes can ask for hours of work.
                tjDecompress2(
                    handle, source.baseAddress, UInt(source.count), buffer.baseAddress, Int32(width), Int32(width),
                    Int32(height), Int32(TJPF_GRAY.rawValue), TJFLAG_LIMITSCANS)
            }
        }
        // The library also fails a file with a warning, whose picture has a part that is not data.
        guard status == 0 else { throw problem() }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    private func problem() -> PictureProblem {
        let text = String(cString: tjGetErrorStr2(handle))
        if text.localizedStandardContains("premature end") { return PictureProblem("the JPEG is cut short") }
        return PictureProblem("the JPEG is damaged (\(text))")
    }
}

extension PictureProblem {
    fileprivate static func tooLarge(_ width: Int, _ height: Int) -> PictureProblem {
        PictureProblem("the JPEG is too large (\(width) x \(height) pixels)")
    }
}
