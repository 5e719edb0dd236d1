import EPUCore
import Foundation

/// Who uses an archive's file at the moment, as far as this machine can tell: its kernel names the programs of this machine, and
/// the owner of SQLite's journal is whoever writes, on whatever machine.
struct LockHolders {
    private let path: String

    init(of path: String) {
        // SQLite locks the file that a link leads to, and has its journal there.
        self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    /// For example "epu-analyze (process 1234 of maria)".
    var text: String {
        let here = processes().map { id in
            let program = (try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)) ?? "a program"
            let owner = PathText.status("/proc/\(id)").map { " of " + Self.name(ofUser: $0.st_uid) } ?? ""
            return "\(program.trimmingCharacters(in: .whitespacesAndNewlines)) (process \(id)\(owner))"
        }
        if !here.isEmpty { return here.joined(separator: ", ") }
        if let journal = PathText.status(path + "-journal") {
            return "a program of \(Self.name(ofUser: journal.st_uid)) on another machine"
        }
        return "a program on another machine"
    }

    /// Where SQLite keeps its locks: one byte for who waits to write, one for who writes, 510 for who reads
    /// (https://www.sqlite.org/fileformat2.html#the_lock_byte_page).
    private static let lockBytes: ClosedRange<UInt64> = 0x4000_0000...(0x4000_0000 + 511)

    /// The other processes of this machine that hold one of SQLite's locks on the file (proc(5), /proc/locks). The devices that
    /// are named there are not those of `stat` on every file system, so the file is known by its number.
    private func processes() -> [Int32] {
        guard let file = PathText.status(path)?.st_ino,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return [] }
        var found: Set<Int32> = []
        for line in locks.split(separator: "\n") {
            // "1: POSIX  ADVISORY  WRITE 1234 fe:00:5726219 1073741825 1073741825"; who waits for a lock has "->" before it.
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[1] == "POSIX", let id = Int32(fields[4]), id > 0, id != getpid(),
                fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == UInt64(file),
                UInt64(fields[6]).map(Self.lockBytes.contains) == true
            else { continue }
            found.insert(id)
        }
        return found.sorted()
    }

    private static func name(ofUser id: uid_t) -> String {
        var buffer = [CChar](repeating: 0, count: 16_384)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress,
                getpwuid_r(id, &entry, start, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
            else { return "user \(id)" }
            return PathText.of(name)
        }
    }
}
