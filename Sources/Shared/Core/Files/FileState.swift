public import Foundation

/// Tells whether a file that is read twice is still the same.
public struct FileState: Equatable, Sendable {
    private let device: UInt64
    private let file: UInt64
    private let size: Int64
    private let seconds: Int64
    private let nanoseconds: Int64

    public init(_ status: stat) {
        device = UInt64(status.st_dev)
        file = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
    }

    public static func changed(_ path: String) -> Failure {
        Failure("\(path) was changed while it was read. Run it again.")
    }
}
