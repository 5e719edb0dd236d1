import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Folders that are watched for changes")
struct FolderWatcherTests {
    private let folder: TemporaryFolder
    private let files = FileManager.default

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("s/a/deep/file", "")
    }

    private func watcher() throws -> FolderWatcher {
        guard let watcher = FolderWatcher() else { throw Failure("The system has no more watchers.") }
        return watcher
    }

    private func watch(_ names: [String], by watcher: inout FolderWatcher) {
        for name in names { #expect(watcher.watch(folder[name]) == nil) }
    }

    @Test("A new file tells its folder, and no other")
    func newFile() throws {
        var watcher = try watcher()
        watch(["s", "s/a", "s/a/deep"], by: &watcher)
        #expect(watcher.wait(seconds: 0).folders.isEmpty)
        try folder.write("s/a/new", "x")
        let changes = watcher.wait(seconds: 10)
        #expect(changes.folders == [PathKey(folder["s/a"])] && !changes.isIncomplete)
    }

    @Test("A folder that was renamed is forgotten with all below it, and another one may have its name")
    func renamed() throws {
        var watcher = try watcher()
        watch(["s", "s/a", "s/a/deep"], by: &watcher)
        try files.moveItem(atPath: folder["s/a"], toPath: folder["s/b"])
        #expect(watcher.wait(seconds: 10).folders.contains(PathKey(folder["s"])))
        #expect(watcher.watched == [PathKey(folder["s"])])
        try folder.write("s/a/deep/other", "")
        watch(["s/a", "s/a/deep", "s/b"], by: &watcher)
        #expect(watcher.watched == Set(["s", "s/a", "s/a/deep", "s/b"].map { PathKey(folder[$0]) }))
        while !watcher.wait(seconds: 0).folders.isEmpty {}
        try folder.write("s/b/new", "x")
        #expect(watcher.wait(seconds: 10).folders == [PathKey(folder["s/b"])])
    }

    @Test("A folder that was deleted is watched no more")
    func deleted() throws {
        var watcher = try watcher()
        watch(["s", "s/a"], by: &watcher)
        try files.removeItem(atPath: folder["s/a"])
        #expect(watcher.wait(seconds: 10).folders.contains(PathKey(folder["s"])))
        #expect(watcher.watched == [PathKey(folder["s"])])
    }

    @Test("What is gone, or no folder, needs no watch, and is no fault", arguments: ["gone", "s/a/deep/file"])
    func none(name: String) throws {
        var watcher = try watcher()
        watch([name], by: &watcher)
        #expect(watcher.watched.isEmpty)
    }
}
