public import Foundation

/// Paths as text. A name on disk is bytes; most are UTF-8, and are then their own text. Other bytes are written `\xHH`
/// and a backslash twice, so that every path has one text, and the text leads back to the file.
public enum PathText {
    public static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if !bytes.contains(UInt8(ascii: "\\")), let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var rest = bytes[...]
        while let byte = rest.first {
            let length = min(rest.count, byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)
            if byte == UInt8(ascii: "\\") {
                text += "\\\\"
                rest.removeFirst()
            } else if let character = String(validating: rest.prefix(length), as: UTF8.self) {
                text += character
                rest.removeFirst(length)
            } else {
                text += String(format: "\\x%02X", byte)
                rest.removeFirst()
            }
        }
        return text
    }

    public static func of(_ path: UnsafePointer<CChar>) -> String {
        let count = strlen(path)
        return path.withMemoryRebound(to: UInt8.self, capacity: count) {
            of(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    /// Calls `body` with the path that a text stands for, as the system's calls take it.
    public static func withPath<T>(_ text: String, _ body: (UnsafePointer<CChar>) throws -> T) rethrows -> T {
        let plain = try text.withCString { path in
            strchr(path, Int32(UInt8(ascii: "\\"))) == nil ? try body(path) : nil
        }
        if let plain { return plain }
        var bytes: [CChar] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let kind = rest.popFirst() {
                if kind == UInt8(ascii: "x"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                    bytes.append(CChar(bitPattern: value))
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(CChar(bitPattern: kind))
                }
            } else {
                bytes.append(CChar(bitPattern: byte))
            }
        }
        return try (bytes + [0]).withUnsafeBufferPointer { buffer in
            try buffer.baseAddress.map(body) ?? body("")
        }
    }

    /// What is at the path, links followed; nil where there is nothing, with the reason in `errno`.
    public static func status(_ text: String) -> stat? {
        var status = stat()
        return withPath(text) { stat($0, &status) } == 0 ? status : nil
    }

    /// What is of that name in an open folder, links followed; nil where there is nothing, with the reason in `errno`.
    public static func status(_ name: String, in folder: Int32) -> stat? {
        var status = stat()
        return withPath(name) { fstatat(folder, $0, &status, 0) } == 0 ? status : nil
    }

    /// Whether there is nothing of that name, not even a link that leads nowhere.
    public static func isGone(_ text: String) -> Bool {
        var status = stat()
        return withPath(text) { lstat($0, &status) } != 0 && errno == ENOENT
    }

    /// Whether the name itself is a link, wherever it leads.
    public static func isLink(_ text: String) -> Bool {
        var status = stat()
        return withPath(text) { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    public static func isFile(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
    public static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
}
