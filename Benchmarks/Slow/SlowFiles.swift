import EPUCore
import Foundation

/// A folder whose files answer late to programs that are run with `environment`.
struct SlowFiles {
    /// The folder of the session, of which everything comes late.
    let session: String
    let archive: String
    /// What programs need in their environment.
    let environment: [String: String]

    private static let source = "Benchmarks/SlowFiles/slow_files.c"

    /// Builds the library that makes answers late.
    /// - Throws: `Failure` where clang, which comes with Swift, cannot build it.
    init(folder: String, milliseconds: Double) throws {
        guard let resolved = realpath(folder, nil) else {
            throw Failure("\(folder): \(String(cString: strerror(errno))).")
        }
        defer { free(resolved) }
        let folder = String(cString: resolved)
        (session, archive) = (folder + "/session", folder + "/archive.db")
        let library = folder + "/slow_files.so"
        _ = try ChildProcess(
            "/usr/bin/env", ["clang", "-O2", "-shared", "-fPIC", "-o", library, Self.source])
        environment = [
            "LD_PRELOAD": library, "EPU_SLOW_FOLDER": session,
            "EPU_SLOW_MICROSECONDS": "\(Int((milliseconds * 1000).rounded()))",
        ]
    }
}
