import EPUCore
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

@Suite("What SQLite refuses, in the user's words")
struct ArchiveErrorsTests {
    @Test(
        "Each kind of error names the archive, and what to do",
        arguments: [
            (ResultCode.SQLITE_NOTADB, "Name another file with --db."), (.SQLITE_FULL, "make room and run again"),
            (.SQLITE_READONLY, "is read-only"), (.SQLITE_CANTOPEN, "the folder is missing"),
            (.SQLITE_PERM, "may not read or write there"), (.SQLITE_BUSY, "EPU_ARCHIVE_WAIT"),
            (.SQLITE_IOERR_LOCK, "Have NFS mounted with locks"), (.SQLITE_IOERR_READ, "Check the disk."),
            (.SQLITE_CORRUPT, "Restore a copy"), (.SQLITE_MISMATCH, "(20), which should not happen"),
        ])
    func words(code: ResultCode, words: String) throws {
        let error = Archive.explain(DatabaseError(resultCode: code, message: "as SQLite has it"), path: "/data/a.db")
        let text = try #require(error as? Failure).description
        #expect(text.contains("/data/a.db") && text.contains(words), "\(text)")
    }

    @Test("An error that is not SQLite's stays as it is")
    func other() {
        #expect((Archive.explain(Failure("no session"), path: "/data/a.db") as? Failure)?.description == "no session")
    }
}
