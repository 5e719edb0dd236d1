public import EPUCore

/// Why a file could not be used, for its row in the ledger.
public struct Unusable: Error, Sendable {
    public let status: FileStatus
    public let reason: String

    public init(status: FileStatus, reason: String) {
        self.status = status
        // The reason quotes the file, whose names may be of any length.
        self.reason = reason.utf8.count <= 500 ? reason : reason.prefix(400) + " …"
    }
}
