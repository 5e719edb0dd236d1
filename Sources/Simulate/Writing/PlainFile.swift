import EPUCore
import Foundation

/// Files written as EPU writes them: opened under their final names, filled, closed. Readers may meet them half-written.
enum PlainFile {
    /// - Parameter pause: The time to wait after the first half of the bytes.
    static func write(_ bytes: [UInt8], to path: String, pause: Duration? = nil) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            let half = pause == nil ? bytes.count : bytes.count / 2
            try write(bytes[..<half], descriptor, path)
            if let pause { sleep(pause) }
            try write(bytes[half...], descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure(path) }
    }

    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch let error as CocoaError {
            let reason = (error.underlying as? POSIXError)?.code ?? .EACCES
            throw Failure("Cannot make the folder \(path): \(String(cString: strerror(reason.rawValue))).")
        }
    }

    static func sleep(_ duration: Duration) {
        let parts = duration.components
        guard parts.seconds >= 0, parts.attoseconds >= 0 else { return }
        var time = timespec(tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        var left = timespec()
        while nanosleep(&time, &left) != 0 && errno == EINTR { time = left }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32, _ path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure(path) }
            rest.removeFirst(written)
        }
    }

    private static func failure(_ path: String) -> Failure {
        let code = errno
        let remedy = code == ENOSPC || code == EDQUOT ? " Make room, remove the unfinished session and run again." : ""
        return Failure("Cannot write \(path): \(String(cString: strerror(code))).\(remedy)")
    }
}
