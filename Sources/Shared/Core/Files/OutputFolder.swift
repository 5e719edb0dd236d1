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

    /// - Parameters:
    ///   - given: A folder that is not there, or is empty.
    ///   - inputs: Folders that are read, as absolute paths without links: it may lie in none of them.
    /// - Throws: `Failure` where there is something of that name, or the folder cannot be made.
    public init(_ given: String, outside inputs: [String] = []) throws {
        let (above, name) = try Self.place(of: given)
        let path = (above as NSString).appendingPathComponent(name)
        if let input = inputs.first(where: { (path + "/").utf8.starts(with: ($0 + "/").utf8) }) {
            throw Failure("\(given) lies within \(input), and would be read as a part of it. Name a folder elsewhere.")
        }
        if let status = PathText.status(path) {
            guard PathText.isFolder(status) else {
                throw Failure("\(given) is a file. Name a folder that is not there.")
            }
            guard try FolderEntry.list(path).isEmpty else {
                throw Failure("\(given) is not empty. Name a folder that is not there, or is empty.")
            }
        }
        do {
            try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
        } catch {
            throw Failure("Cannot make the folder \(above): \(String(cString: strerror(errno))).")
        }
        let partialPath = (above as NSString).appendingPathComponent(".\(name).\(getpid()).partial")
        PartialFiles.add(partialPath)
        guard try PartialFiles.make({ mkdir(partialPath, 0o777) }) == 0 else {
            PartialFiles.remove(partialPath)
            throw Failure("Cannot make \(given): \(String(cString: strerror(errno))).")
        }
        self.path = path
        self.partialPath = partialPath
    }

    /// The absolute path of the folder above, without links as far as it is there, and the folder's own name.
    private static func place(of given: String) throws -> (above: String, name: String) {
        let url = URL(fileURLWithPath: given).standardizedFileURL
        var parts = url.pathComponents.dropFirst()
        guard let name = parts.popLast() else { throw Failure("\(given) cannot be written. Name a folder.") }
        var missing: [String] = []
        while true {
            if let resolved = realpath("/" + parts.joined(separator: "/"), nil) {
                defer { free(resolved) }
                return (NSString.path(withComponents: [String(cString: resolved)] + missing.reversed()), name)
            }
            guard let last = parts.popLast() else { throw Failure("\(given) cannot be written. Name a folder.") }
            missing.append(last)
        }
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
        let descriptor = try PartialFiles.make {
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor < 0, errno == ENOENT else { return descriptor }
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            return open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
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
