import Foundation

/// Standard output and standard error, of which a write may take only a part.
public enum StandardStream {
    /// Writes text to a file descriptor.
    /// - Returns: The number of the system's error if not all could be written, else nil. A closed pipe (`epu-report summary |
    /// head`) is no error: nobody reads on.
    @discardableResult
    public static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return errno == EPIPE ? nil : errno }
            bytes.removeFirst(written)
        }
        return nil
    }
}
