import EPUArchive
import EPUCore
import Testing

@testable import epu_report

@Suite("The hole image of an exposure")
struct HoleImageTests {
    private let archive: MontageArchive

    init() throws {
        archive = try MontageArchive()
        try archive.analysis(1)
    }

    @Test("is the latest of its foil hole before the exposure")
    func ownBefore() throws {
        try archive.holeImage(hole: 7, minute: 1, stage: Vector2(0.4, 0))
        try archive.holeImage(hole: 7, minute: 2, stage: .zero)
        try archive.holeImage(hole: 7, minute: 9, stage: .zero)
        try archive.holeImage(hole: 8, minute: 4, stage: .zero)
        let found = try find(hole: 7, minute: 5)
        #expect(found?.image.name == "FoilHole_7_20250108_110200")
        #expect(found?.source == .own)
    }

    @Test("is the first one after, where there is none before")
    func ownAfter() throws {
        try archive.holeImage(hole: 7, minute: 9, stage: .zero)
        try archive.holeImage(hole: 7, minute: 8, stage: .zero)
        #expect(try find(hole: 7, minute: 5)?.image.name == "FoilHole_7_20250108_110800")
    }

    @Test("without XML has the time of its name, on the microscope's clock")
    func timeOfName() throws {
        // 11:04 at the microscope is 10:04 UTC, before the exposure at 10:05.
        try archive.holeImage(hole: 7, minute: 4, stage: nil)
        try archive.holeImage(hole: 7, minute: 6, stage: nil)
        let found = try find(hole: 7, minute: 5)
        #expect(found?.image.name == "FoilHole_7_20250108_110400")
        #expect(found?.image.instant(utcOffsetMinutes: 60)?.archiveText == "2025-01-08T10:04:00.0000000Z")
    }

    @Test("is borrowed from the stage stop, the latest before, where its hole has none")
    func borrowed() throws {
        try archive.holeImage(hole: 8, minute: 1, stage: Vector2(100.4, 50))
        try archive.holeImage(hole: 8, minute: 2, stage: Vector2(100, 50))
        try archive.holeImage(hole: 8, minute: 9, stage: Vector2(100, 50))
        try archive.holeImage(hole: 9, minute: 4, stage: Vector2(103, 50))
        let found = try #require(try find(hole: 7, minute: 5, stage: Vector2(99.99, 50)))
        #expect(found.image.name == "FoilHole_8_20250108_110200")
        guard case .borrowed(let micrometres) = found.source else {
            Issue.record("not borrowed")
            return
        }
        #expect(abs(micrometres - 0.01) < 1e-9)
    }

    @Test("is borrowed across the edges of the search grid", arguments: [-0.99, -0.5, 0.5, 0.99])
    func edges(offset: Double) throws {
        try archive.holeImage(hole: 8, minute: 1, stage: Vector2(-5, 12))
        let along = try find(hole: 7, minute: 5, stage: Vector2(-5 + offset, 12))
        #expect(along?.image.foilHole == 8)
        let across = try find(hole: 70, minute: 5, stage: Vector2(-5, 12 + offset))
        #expect(across?.image.foilHole == 8)
    }

    @Test("is none, where nothing was seen from the stage stop")
    func none() throws {
        try archive.holeImage(hole: 8, minute: 1, stage: Vector2(1.1, 0))
        try archive.holeImage(hole: 9, minute: 1, stage: nil)
        #expect(try find(hole: 7, minute: 5) == nil)
    }

    @Test("is one with a JPG, where there is one: of the hole, then of the stop")
    func withPicture() throws {
        try archive.holeImage(hole: 7, minute: 1, stage: .zero)
        try archive.holeImage(hole: 7, minute: 2, stage: .zero, picture: .none)
        #expect(try find(hole: 7, minute: 5)?.image.name == "FoilHole_7_20250108_110100")
        try archive.holeImage(hole: 8, minute: 3, stage: Vector2(50, 0))
        try archive.holeImage(hole: 17, minute: 2, stage: Vector2(50, 0), picture: .none)
        #expect(try find(hole: 17, minute: 5, stage: Vector2(50, 0))?.image.foilHole == 8)
        try archive.holeImage(hole: 27, minute: 2, stage: Vector2(90, 0), picture: .none)
        let without = try find(hole: 27, minute: 5, stage: Vector2(90, 0))
        #expect(without?.image.name == "FoilHole_27_20250108_110200")
        #expect(without?.image.imagePath == nil && without?.source == .own)
    }

    @Test("is of the exposure's session, not of another one on the same stage position")
    func otherSession() throws {
        try archive.session("grid2", id: 2)
        try archive.holeImage(hole: 7, minute: 1, stage: .zero, session: 2)
        #expect(try find(hole: 7, minute: 5) == nil)
    }

    private func find(hole: Int64, minute: Int, stage: Vector2 = .zero) throws -> HoleImageFinder.Found? {
        let exposure = MontageExposure(
            sessionID: 1, gridSquare: nil, foilHole: hole, area: 5, name: "",
            time: try #require(LocalTime(epuText: "2025-01-08T11:0\(minute):00+01:00")), stage: stage, imagePath: nil)
        return try archive.archive.read { HoleImageFinder(try HoleImage.all(of: 1, $0)) }.find(for: exposure)
    }
}
