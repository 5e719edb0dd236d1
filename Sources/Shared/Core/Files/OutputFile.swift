import Foundation

/// A file that appears whole or not at all: written under a temporary name beside its place, then renamed.
///
/// The temporary file goes when the value does, and on Ctrl-C (`PartialFiles`).
public struct OutputFile: ~Copyable {
    public let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    /// The number of bytes that are written at once.
    private static let block = 1 << 16

    /// Creates the folder above `path` where it is missing.
    /// - Throws: `Failure` where the folder or the file cannot be made.
    public init(_ path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder.isEmpty ? "." : folder, withIntermediateDirectories: true)
        } catch {
            throw Failure("Cannot make the folder \(folder): \(String(cString: strerror(errno))).")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            // Renaming would put a file in the place of /dev/null.
            throw Failure("Cannot write \(path): it is a folder, device or pipe, and no file.")
        }
        let temporaryPath = Self.temporaryPath(for: path)
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure("Cannot write \(path): \(String(cString: strerror(errno))).") }
        PartialFiles.add(temporaryPath)
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unlink(temporaryPath)
        PartialFiles.remove(temporaryPath)
    }

    /// Where the file is until `commit`: for what writes by a path of its own, as SQLite does.
    public var partialPath: String { temporaryPath }

    public mutating func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.block { try flush() }
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count < Self.block else {
            // What comes in large pieces is not copied once more.
            try flush()
            return try put(bytes)
        }
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.block { try flush() }
    }

    /// Writes a path and ends the line, with the path's bytes as they are on disk.
    /// - Parameter path: A path as `PathText` spells it.
    public mutating func write(pathLine path: Substring) throws {
        let isWritten = path.utf8.withContiguousStorageIfAvailable { bytes in
            // Nearly all paths are their own bytes.
            guard let start = bytes.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), bytes.count) == nil,
                memchr(start, 0, bytes.count) == nil
            else { return false }
            buffer.append(contentsOf: bytes)
            return true
        }
        if isWritten != true { try write(path: String(path)) }
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.block { try flush() }
    }

    /// Writes text that contains paths, with their bytes as they are on disk.
    /// - Parameter text: A path, or a line with some, spelt as `PathText` spells it.
    public mutating func write(path text: String) throws {
        try PathText.withPath(text) { try write(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }

    /// Puts the finished file in its place.
    public consuming func commit() throws {
        try flush()
        guard close(descriptor) == 0 else {
            descriptor = -1
            throw failure()
        }
        descriptor = -1
        guard rename(temporaryPath, path) == 0 else { throw failure() }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { try put($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes bytes to the file itself.
    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private func failure() -> Failure { Failure("Cannot write \(path): \(String(cString: strerror(errno))).") }

    /// The temporary file's path: hidden, beside `path`, and this process's own, so that two tools that write at once do not
    /// meet.
    static func temporaryPath(for path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        let name = ".\((path as NSString).lastPathComponent).\(getpid()).partial"
        return folder.isEmpty ? name : (folder as NSString).appendingPathComponent(name)
    }
}
