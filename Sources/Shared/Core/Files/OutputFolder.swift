import Foundation

/// A folder that appears whole or not at all: filled under a temporary name beside its place, then renamed.
///
/// The temporary folder goes when the value does, and on Ctrl-C (`PartialFiles`).
public struct OutputFolder: ~Copyable {
    /// The place of the folder when it is whole, an absolute path without links.
    public let path: String
    /// Where it is until `commit`.
    public let partialPath: String
    private var isDone = false

    /// - Parameter given: A folder that is not there, or is empty.
    /// - Throws: `Failure` where there is something of that name, or the folder cannot be made.
    public init(_ given: String) throws {
        let url = URL(fileURLWithPath: given).standardizedFileURL
        let above = url.deletingLastPathComponent().path
        if let status = PathText.status(given) {
            guard PathText.isFolder(status) else {
                throw Failure("\(given) is a file. Name a folder that is not there.")
            }
            guard try FolderEntry.list(given).isEmpty else {
                throw Failure("\(given) is not empty. Name a folder that is not there, or is empty.")
            }
        }
        do {
            try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
        } catch {
            throw Failure("Cannot make the folder \(above): \(String(cString: strerror(errno))).")
        }
        guard let resolved = realpath(above, nil) else {
            throw Failure("Cannot write into \(above): \(String(cString: strerror(errno))).")
        }
        defer { free(resolved) }
        let folder = String(cString: resolved)
        let partialPath = (folder as NSString).appendingPathComponent(".\(url.lastPathComponent).\(getpid()).partial")
        guard mkdir(partialPath, 0o777) == 0 else {
            throw Failure("Cannot make \(given): \(String(cString: strerror(errno))).")
        }
        PartialFiles.add(partialPath)
        path = (folder as NSString).appendingPathComponent(url.lastPathComponent)
        self.partialPath = partialPath
    }

    deinit {
        if !isDone { try? FileManager.default.removeItem(atPath: partialPath) }
        PartialFiles.remove(partialPath)
    }

    /// Writes a new file, with the folders above it.
    /// - Parameter name: The path within the folder.
    /// - Throws: `Failure` where that is not possible, or the file is there.
    public borrowing func write(_ name: String, _ bytes: some Collection<UInt8>) throws {
        let file = partialPath + "/" + name
        var descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor < 0, errno == ENOENT {
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else { throw failure(name) }
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else {
                let problem = errno
                close(descriptor)
                errno = problem
                throw failure(name)
            }
            rest.removeFirst(written)
        }
        guard close(descriptor) == 0 else { throw failure(name) }
    }

    /// Puts the finished folder in its place, which an empty folder may have.
    public consuming func commit() throws {
        guard rename(partialPath, path) == 0 else {
            throw Failure("Cannot write \(path): \(String(cString: strerror(errno))).")
        }
        isDone = true
    }

    private borrowing func failure(_ name: String) -> Failure {
        Failure("Cannot write \(path)/\(name): \(String(cString: strerror(errno))). Nothing is left of it.")
    }
}
