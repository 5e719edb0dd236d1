import EPUShared
import Foundation

/// A file as it lies on disk when its folder is listed.
struct SourceFile: Sendable {
    /// Relative to the session's root.
    let path: String
    let name: SourceName
    let sizeBytes: Int64
    /// Nanoseconds since 1970, by the file system's clock.
    let modifiedNs: Int64
    /// Why it cannot be read, where listing already shows that.
    let obstacle: String?

    /// EPU's number of the square whose folder the file is in.
    var gridSquare: Int64? {
        for part in path.split(separator: "/").dropLast().reversed() {
            if let (number, rest) = gridSquareNumber(of: part), rest.isEmpty { return number }
        }
        return nil
    }

    /// The files of one folder by name.
    /// - Throws: `Failure` with the system's reason where the folder cannot be listed any more.
    static func list(root: String, folder: String) throws(Failure) -> [SourceFile] {
        let absolute = folder.isEmpty ? root : root + "/" + folder
        return try FolderEntry.list(absolute).filter { !$0.isFolder }.map(\.name).map { name in
            var status = stat()
            let found = stat(absolute + "/" + name, &status) == 0
            var obstacle: String?
            if !found {
                obstacle = String(cString: strerror(errno))
            } else if status.st_mode & S_IFMT != S_IFREG {
                obstacle = "it is no file but a pipe, socket or device"
            }
            return SourceFile(
                path: folder.isEmpty ? name : folder + "/" + name, name: SourceName(name),
                sizeBytes: found ? Int64(status.st_size) : 0,
                modifiedNs: found ? Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec) : 0,
                obstacle: obstacle)
        }
    }

    /// The whole content.
    /// - Parameter limit: bytes; a larger file is refused before it is read.
    static func content(_ path: String, limit: Int) throws(Unusable) -> [UInt8] {
        // Without O_NONBLOCK a pipe that took the file's place would hold us for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Unusable(status: .unreadable, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Unusable(status: .unreadable, reason: "it is no file but a pipe, socket, device or folder")
        }
        guard status.st_size <= limit else {
            throw Unusable(
                status: .unreadable,
                reason: "it has \(status.st_size) bytes, far more than EPU writes (limit \(limit))")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + length }, buffer.count - length)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw Unusable(status: .unreadable, reason: String(cString: strerror(errno)))
            }
            if count == 0 { break }
            length += count
        }
        // A file that was cut while it was read is what is left of it; the XML parser then says that it ends early.
        bytes.removeLast(bytes.count - length)
        return bytes
    }
}
