import GRDB

/// A way in which what EPU recorded of a session can contradict itself, apart from what its single exposures say.
struct SessionCheck: Sendable {
    /// The name of the check's notice.
    let name: String
    /// The source of the limit.
    let source: String
    let find: @Sendable (SessionValues) -> String?

    static let all = [areas, version]

    private static let areas = SessionCheck(
        name: "template-areas",
        source: """
            EPU shoots every area of the template in each hole, so ten holes show them all; fewer may be a part of the session.
            """
    ) { session in
        let missing = session.templateAreas.subtracting(session.exposedAreas)
        guard !missing.isEmpty, session.exposedHoles >= fewestHoles else { return nil }
        let list = missing.sorted().prefix(5).map(String.init).joined(separator: ", ")
        return
            "\(missing.count) of the \(session.templateAreas.count) areas of EpuSession.dm's template are of no exposure "
            + "(\(list)\(missing.count > 5 ? ", ..." : "")), though \(session.exposedHoles) holes were shot: files are missing, or "
            + "it is the template of another session."
    }

    private static let fewestHoles = 10

    private static let version = SessionCheck(
        name: "epu-version",
        source: "EpuSession.dm has the version of EPU that wrote it, from 3.0 on, and images have that which took them."
    ) { session in
        guard let ofFile = session.fileVersion, let ofImages = session.imageVersion,
            release(ofFile) != release(ofImages)
        else { return nil }
        return "EpuSession.dm is of EPU \(ofFile), the exposures are of EPU \(ofImages): see whether it is theirs."
    }

    /// The release of a version, `3.9` for 3.9.1.8206: updates within a release are installed at any time.
    private static func release(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }
}
