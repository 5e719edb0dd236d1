import ArgumentParser
import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("Montage")
struct MontageTests {
    private let archive: MontageArchive
    private let out: String

    init() throws {
        archive = try MontageArchive()
        out = archive.folder + "/report"
        try archive.analysis(1)
    }

    @Test("A row shows the earlier, the later and the hole image of each")
    func tiles() throws {
        let earlier = try archive.exposure(hole: 7, minute: 5, picture: .grey(60))
        let later = try archive.exposure(hole: 8, minute: 9, stage: Vector2(30, 0), picture: .grey(100))
        try archive.holeImage(hole: 7, minute: 1, stage: .zero, picture: .grey(150))
        try archive.holeImage(hole: 9, minute: 2, stage: Vector2(30, 0), picture: .grey(220))
        try archive.overlap(earlier, later)
        let outcome = try montage().write()
        #expect(outcome.files == [out + "/grid1/duplicates.png"])
        #expect(outcome.overexposed == 1 && outcome.shown == 1)
        let page = try MontagePNG(outcome.files[0])
        for (column, level) in [60, 100, 150, 220].enumerated() {
            #expect(abs(page.center(row: 0, column: column) - level) <= 1)
        }
        // The borrowed image carries its mark: dark letters on a white plate in its corner.
        #expect(page.hasMark(row: 0, column: 3))
        #expect(!page.hasMark(row: 0, column: 2))
    }

    @Test("What a person said of the later one is marked on its picture, and on no other")
    func reviewed() throws {
        var later: [Int64] = []
        for number in 0..<2 {
            let earlier = try archive.exposure(hole: Int64(7 + number), minute: 5 + number, picture: .grey(60))
            later.append(
                try archive.exposure(hole: Int64(20 + number), minute: 30 + number, picture: .grey(100)))
            try archive.overlap(earlier, later[number])
        }
        try archive.archive.write {
            try $0.execute(sql: "INSERT INTO review VALUES (?, 'keep', NULL, 'now')", arguments: [later[1]])
        }
        let outcome = try montage().write()
        #expect(outcome.shown == 2, "a kept one is shown, too")
        let page = try MontagePNG(outcome.files[0])
        #expect([0, 1].map { page.hasMark(row: $0, column: 1) } == [false, true])
        #expect([0, 1].map { page.hasMark(row: $0, column: 0) } == [false, false])
    }

    @Test("What is no usable JPG is a grey tile with its reason in every place, and the rest of the page is whole")
    func missing() throws {
        for (index, bad) in BadPicture.allCases.enumerated() {
            let earlier = try archive.exposure(hole: Int64(100 + index), minute: index, picture: .grey(77))
            let later = try archive.exposure(hole: Int64(200 + index), minute: 20 + index, picture: .bad(bad))
            try archive.holeImage(hole: Int64(100 + index), minute: 40 + index, stage: nil, picture: .bad(bad))
            try archive.overlap(earlier, later)
        }
        let earlier = try archive.exposure(hole: 300, minute: 58, picture: .none)
        try archive.overlap(earlier, try archive.exposure(hole: 301, minute: 59, picture: .grey(77)))
        let page = try MontagePNG(try montage().write().files[0])
        for row in BadPicture.allCases.indices {
            #expect(abs(page.center(row: row, column: 0) - 77) <= 1)
            for column in 1...3 { #expect(page.isGreyTile(row: row, column: column), "\(row), \(column)") }
        }
        let last = BadPicture.allCases.count
        #expect(page.isGreyTile(row: last, column: 0))
        #expect(abs(page.center(row: last, column: 1) - 77) <= 1)
    }

    @Test("The grey tile's reason is the decoder's", arguments: BadPicture.allCases)
    func reason(bad: BadPicture) throws {
        let folder = try TemporaryFolder()
        try bad.make(at: folder["picture.jpg"])
        #expect(PreviewLoader(scale: nil).load(folder["picture.jpg"]) == .failure(bad.problem))
        #expect(PreviewLoader(scale: nil).size(folder["picture.jpg"]).map { $0.width } == (bad == .cut ? 128 : nil))
    }

    @Test("A file whose name is not UTF-8 is found by the text that the archive has of it")
    func oddBytes() throws {
        let folder = try TemporaryFolder()
        let path = folder["caf\\xE9.jpg"]
        let bytes = try MontageArchive.jpeg(77)
        let descriptor = PathText.withPath(path) { open($0, O_WRONLY | O_CREAT, 0o600) }
        try #require(descriptor >= 0)
        #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        close(descriptor)
        #expect(try PreviewLoader(scale: nil).load(path).get().pixels.allSatisfy { abs(Int($0) - 77) <= 1 })
    }

    @Test(
        "Without a number that was asked for, no page is higher than 8000 pixels",
        arguments: [(512, 364), (512, 512), (720, 511), (320, 900), (1024, 1024), (64, 64)])
    func height(picture: (width: Int, height: Int)) {
        let layout = MontageLayout(picture: (picture.width, picture.height))
        let pairs = layout.pairsPerPage
        #expect((1...25).contains(pairs))
        #expect(layout.pageHeight(pairs: pairs, headings: pairs) <= 8000)
        #expect(pairs == 25 || layout.pageHeight(pairs: pairs + 1, headings: pairs + 1) > 8000)
    }

    @Test("Pages are the same bytes however many are drawn at once")
    func jobs() throws {
        try pairs(9)
        let first = try montage(pairsPerPage: 2, jobs: 1).write().files
        let bytes = try first.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(try montage(pairsPerPage: 2, jobs: 4).write().files == first)
        #expect(try first.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == bytes)
    }

    @Test("Pairs are in the order of the later exposures, and pages hold no more than asked")
    func pages() throws {
        try pairs(7)
        let outcome = try montage(pairsPerPage: 3).write()
        #expect(
            outcome.files.map { ($0 as NSString).lastPathComponent } == [
                "duplicates.png", "duplicates_2.png", "duplicates_3.png",
            ])
        let layout = MontageLayout(picture: (512, 364))
        for (index, (file, count)) in zip(outcome.files, [3, 3, 1]).enumerated() {
            let page = try MontagePNG(file)
            #expect(page.width == Int(layout.pageWidth))
            #expect(page.height == Int(layout.pageHeight(pairs: count, headings: 0)))
            for row in 0..<count { #expect(abs(page.center(row: row, column: 1) - (20 + 3 * index + row)) <= 1) }
        }
    }

    @Test("A second run gives the same bytes, and takes away pages of a longer run but no other file")
    func rerun() throws {
        try pairs(5)
        let first = try montage(pairsPerPage: 2).write().files
        let bytes = try first.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(try montage(pairsPerPage: 2).write().files == first)
        #expect(try first.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == bytes)
        // A picture of the user's under the name of a page that never was.
        try Data("mine".utf8).write(to: URL(fileURLWithPath: out + "/grid1/duplicates_4.png"))
        #expect(try montage(pairsPerPage: 5).write().files.count == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: out + "/grid1").sorted()
        #expect(left == ["duplicates.png", "duplicates_4.png"])
    }

    @Test("--limit shows the first pairs in time")
    func limit() throws {
        try pairs(5)
        let outcome = try montage(limit: 2).write()
        #expect(outcome.overexposed == 5 && outcome.shown == 2)
        #expect(outcome.text.contains("2 of 5 overexposed exposures in \(outcome.analysis) (--limit 0 shows all)"))
        let page = try MontagePNG(outcome.files[0])
        #expect(page.height == Int(MontageLayout(picture: (512, 364)).pageHeight(pairs: 2, headings: 0)))
        #expect(abs(page.center(row: 0, column: 1) - 20) <= 1)
    }

    @Test("The decoder scales large previews down, by itself or as asked")
    func scale() throws {
        let earlier = try archive.exposure(
            hole: 1, minute: 1, picture: .bytes(MontageArchive.jpeg(50, width: 1024, height: 1024)))
        let later = try archive.exposure(
            hole: 2, minute: 2, picture: .bytes(MontageArchive.jpeg(60, width: 2048, height: 2048)))
        try archive.overlap(earlier, later)
        let automatic = try MontagePNG(try montage().write().files[0])
        #expect(automatic.width == Int(MontageLayout(picture: (512, 512)).pageWidth))
        let asked = try MontagePNG(try montage(scale: .full).write().files[0])
        #expect(asked.width == Int(MontageLayout(picture: (1024, 1024)).pageWidth))
    }

    @Test("Without an overexposed exposure nothing is written, and an older montage goes")
    func nothing() throws {
        try pairs(1)
        _ = try montage().write()
        try archive.analysis(2, createdAt: "2025-02-01T00:00:00.0000000Z")
        #expect(try montage().write().analysisID == 1, "a later one changes nothing")
        try archive.publish(2)
        let empty = try montage()
        let outcome = try empty.write()
        #expect(outcome.files.isEmpty && outcome.analysisID == 2)
        #expect(
            outcome.text
                == "grid1: no overexposed exposure in analysis 2, radius 0.27 um, published by name, no montage\n"
                + "  as far as could be compared; 2 exposures came after the analysis")
        #expect(!FileManager.default.fileExists(atPath: out + "/grid1/duplicates.png"))
        // The other analysis can still be asked for.
        #expect(try montage(analysisID: 1).write().shown == 1)
    }

    @Test("A session without analysis, an analysis that is not there or not of the session: each says what to do")
    func noAnalysis() throws {
        try archive.session("grid2", id: 2)
        let unanalysed = #expect(throws: Failure.self) { try choices(["grid2"]) }
        #expect(unanalysed?.description.contains("epu-analyze") == true)
        #expect(throws: Failure.self) { try choices([], analysisID: 99) }
        #expect(throws: Failure.self) { try choices(["grid2"], analysisID: 1) }
        #expect(try choices([]) == ["grid1"])
        #expect(try choices([], analysisID: 1) == ["grid1"])
    }

    private func choices(_ sessions: [String], analysisID: Int64? = nil) throws -> [String] {
        try archive.archive.read { db in
            try AnalysisChoice.select(db, sessions: sessions, analysisID: analysisID).map(\.session.name)
        }
    }

    @Test("An earlier exposure of another session has the hole image of that session")
    func acrossSessions() throws {
        try archive.session("grid2", id: 2)
        try archive.analysis(3, createdAt: "2025-03-01T00:00:00.0000000Z")
        let earlier = try archive.exposure(hole: 7, minute: 5, session: 1)
        let later = try archive.exposure(hole: 7, minute: 9, picture: .lost, session: 2)
        try archive.holeImage(hole: 7, minute: 1, stage: .zero, picture: .grey(150))
        try archive.overlap(earlier, later, analysis: 3, cause: "across-sessions")
        let page = try MontagePNG(try montage(session: "grid2").write().files[0])
        #expect(abs(page.center(row: 0, column: 2) - 150) <= 1)
        #expect(page.isGreyTile(row: 0, column: 3))
    }

    @Test("A place that cannot be written is an error with its name, and leaves no page")
    func unwritable() throws {
        try pairs(1)
        try Data().write(to: URL(fileURLWithPath: out))
        let failure = #expect(throws: Failure.self) { try montage().write() }
        #expect(failure?.description.contains(out) == true)
    }

    @Test(
        "Times between exposures are read at a glance",
        arguments: [
            (3.2, "3 s"), (99, "99 s"), (600, "10.0 min"), (52_560, "14.6 h"),
        ])
    func durations(seconds: Double, text: String) { #expect(MontageTiles.duration(seconds) == text) }

    @Test(
        "Wrong options are refused",
        arguments: [
            ["--scale", "3"], ["--limit", "-1"], ["--pairs-per-page", "0"], ["--prefix", "a/b"], ["--prefix", ""],
        ])
    func options(arguments: [String]) {
        #expect(throws: (any Error).self) { try MontageCommand.parse(arguments) }
    }

    /// `count` pairs, the later of which are grey 20, 21, 22 ...
    private func pairs(_ count: Int) throws {
        for index in (0..<count).reversed() {
            let earlier = try archive.exposure(hole: Int64(100 + index), minute: 9 - index)
            let later = try archive.exposure(
                hole: Int64(200 + index), minute: 10 + index, picture: .grey(UInt8(20 + index)))
            try archive.overlap(earlier, later)
        }
    }

    private func montage(
        session: String = "grid1", limit: Int? = nil, pairsPerPage: Int? = nil, scale: JPEGDecoder.Scale? = nil,
        analysisID: Int64? = nil, order: MontageOrder = MontageOrder(grouping: .pair, sorting: .time),
        jobs: Int? = nil
    ) throws -> Montage {
        let options = Montage.Options(
            folder: out, prefix: "duplicates", order: order, limit: limit, pairsPerPage: pairsPerPage, scale: scale,
            jobs: jobs)
        let choice = try archive.archive.read { db in
            try #require(try AnalysisChoice.select(db, sessions: [session], analysisID: analysisID).first)
        }
        return try Montage(archive.archive, of: choice, options: options)
    }
}
