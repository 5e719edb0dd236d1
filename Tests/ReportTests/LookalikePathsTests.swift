import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// An accent may be a part of its letter, or follow it: on Linux these are two names, which look alike.
@Suite("Paths that look alike")
struct LookalikePathsTests {
    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    @Test("A file that is gone from one folder is not taken for the one in the other")
    func onDisk() throws {
        let folder = try TemporaryFolder()
        try folder.write("\(composed)/a.jpg", "")
        try folder.write("\(decomposed)/b.jpg", "")
        try #require(folder.names().count == 2)
        var disk = FilesOnDisk(roots: [PathKey(folder.path)])
        let there = [(composed, "a"), (decomposed, "b")].map { folder["\($0)/\($1).jpg"] }
        let gone = [(composed, "b"), (decomposed, "a")].map { folder["\($0)/\($1).jpg"] }
        #expect(there.filter { !disk.has($0) } == [])
        #expect(gone.filter { disk.has($0) } == [])
        #expect(disk.gone == Set(gone.map(PathKey.init)))
        // Nor is a file of the other form of its name.
        try folder.write("names/\(composed).jpg", "")
        let isThere = [composed, decomposed].map { disk.has(folder["names/\($0).jpg"]) }
        #expect(isThere == [true, false])
    }

    @Test("The folder that rsync starts from is above both")
    func rsync() {
        let folders = [composed, decomposed].map { PathKey("/data/\($0)") }
        #expect(RsyncFolder(above: Set(folders))?.path == "/data")
    }

    @Test("A copy of a movie's frames in the other folder is none of its frames")
    func frames() {
        var movies = MovieIndex()
        let name = "FoilHole_1_Data_2_3_20250108_154915"
        let frames = ["\(name)-0000.mrc", "\(name)-0001.mrc"]
        for place in [composed, decomposed] {
            for frame in frames { movies.add(frame, at: "/data/\(place)/\(frame)") }
        }
        #expect(movies[name].count == 2)
        #expect(Set(movies[name].map { PathKey($0.split(separator: "/")[1]) }).count == 1)
    }

    @Test("STAR files of both names are regrouped, each to its own place")
    func stars() throws {
        let outputs = try StarOutputs(["\(composed).star", "\(decomposed).star"], in: "out")
        #expect(outputs.paths.count == 2)
    }

    @Test("Pictures of one folder are not looked for in the other")
    func pictures() {
        var folders = PictureFolders()
        let numbers = [composed, decomposed, composed].map {
            folders.number(ofRoot: 1, path: "\($0)/image.jpg", name: "image")
        }
        #expect(numbers == [0, 1, 0])
    }
}
