import EPUCore
import Foundation

/// The machine that the figures were measured on.
enum Machine {
    static var description: String {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        return "\(counted(processors, "core")), \(processorModel), \(memory.text(decimals: 0)) GB; "
            + "load \(load.text(decimals: 1)) before the first run"
    }

    private static var processorModel: String { value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor" }

    /// The number of processes that ran or waited for a core in the last minute: other work spoils figures.
    private static var load: Double {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0] : 0
    }

    /// The bytes that files can take in memory without pushing others out.
    static var availableMemory: Int? {
        value(of: "MemAvailable", in: "/proc/meminfo").flatMap { $0.split(separator: " ").first }
            .flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// The bytes and inodes that a user may still fill on the folder's disk.
    static func freeSpace(_ folder: String) throws -> (bytes: Int, inodes: Int) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            throw Failure("\(folder): \(String(cString: strerror(errno))).")
        }
        // File systems without a fixed number of inodes report none at all.
        let inodes = status.f_files == 0 ? Int.max : Int(clamping: status.f_favail)
        return (Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)), inodes)
    }

    /// The value in the first `name : value` of a file of that form; nil where there is none.
    private static func value(of name: String, in file: String) -> String? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}
