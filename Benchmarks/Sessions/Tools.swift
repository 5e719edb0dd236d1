import EPUCore
import Foundation

/// The programs that are measured, all in one folder.
struct Tools {
    let simulate: String
    let ingest: String
    let analyze: String
    let report: String
    /// The path of this program, to measure floors in a process of its own.
    let benchmark: String

    /// - Parameter folder: The folder of the programs; nil for the one that this program is in.
    /// - Throws: `Failure` where a program is missing.
    init(folder: String?) throws {
        guard let own = realpath("/proc/self/exe", nil) else {
            throw Failure("/proc cannot be read: this program does not know where it is.")
        }
        defer { free(own) }
        benchmark = String(cString: own)
        let folder = folder ?? (benchmark as NSString).deletingLastPathComponent
        func tool(_ name: String) throws -> String {
            let path = folder + "/" + name
            guard access(path, X_OK) == 0 else {
                throw Failure("There is no \(name) in \(folder). Run `swift build -c release`, or give --tools FOLDER.")
            }
            return path
        }
        simulate = try tool("epu-simulate")
        ingest = try tool("epu-ingest")
        analyze = try tool("epu-analyze")
        report = try tool("epu-report")
    }
}
