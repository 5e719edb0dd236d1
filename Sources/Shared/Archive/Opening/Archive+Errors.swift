import EPUCore
import Foundation
import GRDB

extension Archive {
    /// The error in the user's words, if it is SQLite's own (https://www.sqlite.org/rescode.html).
    static func explain(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_NOTADB: return Failure("\(path) is not an SQLite database. Name another file with --db.")
        case .SQLITE_FULL:
            return Failure("The disk that holds \(path) is full. Nothing half-done was kept; make room and run again.")
        case .SQLITE_READONLY:
            return Failure("\(path) cannot be written: the file, its folder or its disk is read-only.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return Failure("\(path) cannot be opened: the folder is missing, or you may not read or write there.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return LockWait.failure(of: path)
        case .SQLITE_IOERR where NetworkDisk.lockErrors.contains(error.extendedResultCode):
            return Failure(
                "The disk that holds \(path) does not lock files, so two programs could damage it. Have NFS mounted with locks "
                    + "(without `nolock`), or keep the archive on a disk of this machine.")
        case .SQLITE_IOERR:
            return Failure(
                "Reading or writing \(path) failed (\(error.message ?? "input/output error")). Check the disk.")
        case .SQLITE_CORRUPT:
            return Failure("\(path) is damaged (\(error.message ?? "malformed")). Restore a copy, or begin a new one.")
        default:
            return Failure(
                "\(path): SQLite says \(error.message ?? "error") (\(error.extendedResultCode.rawValue)), which should "
                    + "not happen. Nothing of this step was stored. Please report it.")
        }
    }
}
