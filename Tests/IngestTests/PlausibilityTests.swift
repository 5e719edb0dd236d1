import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Values that contradict each other")
struct PlausibilityTests {
    /// A K3 as real files have it.
    private static let sound = RecordedExposure(
        camera: "EF-CCD", cameraModel: "BioQuantum K3", magnification: 165000, pixelSize: 1.0559, binning: 2,
        width: 2880,
        height: 2046, beamDiameter: 0.49, dose: 39.92, doseOnCamera: 39.92 * 1.0559 * 1.0559)

    /// The checks that find something, and what they doubt.
    private func judge(_ exposure: RecordedExposure, _ session: SessionValues = SessionValues()) -> ([String], Doubts) {
        var doubts: Doubts = []
        var names: [String] = []
        for check in PlausibilityCheck.ofExposures {
            guard let found = check.find(exposure, session, doubts) else { continue }
            doubts.formUnion(found.doubts)
            names.append(check.name)
        }
        return (names, doubts)
    }

    @Test(
        "Cameras as they are pass: K3 and Falcon behind a filter and below the column, K2 below it, a Ceta at 100 kV, and one that is not known",
        arguments: [
            PlausibilityTests.sound,
            RecordedExposure(
                camera: "BM-Falcon", magnification: 96000, pixelSize: 0.8708, binning: 1, width: 4096, height: 4096,
                beamDiameter: 0.95, dose: 30.2, doseOnCamera: 22.9),
            RecordedExposure(
                camera: "BM-Falcon", cameraModel: "Falcon 3EC", magnification: 150000, pixelSize: 0.9719, binning: 1,
                width: 4096, height: 4096, dose: 55, doseOnCamera: 51.95),
            RecordedExposure(
                camera: "EF-Falcon", cameraModel: "Falcon 4i", magnification: 130000, pixelSize: 0.93, binning: 1,
                width: 4096, height: 4096, beamDiameter: 0.85, dose: 40, doseOnCamera: 34.6),
            RecordedExposure(
                camera: "BM-Orius", cameraModel: "K2 Summit", magnification: 22500, pixelSize: 1.31, binning: 1,
                width: 3838,
                height: 3710, beamDiameter: 1.5, dose: 50),
            RecordedExposure(
                camera: "EF-CCD", magnification: 105000, pixelSize: 1.133, binning: 1, width: 3838, height: 3710,
                beamDiameter: 1.1, dose: 43),
            RecordedExposure(
                camera: "BM-Ceta", magnification: 180000, pixelSize: 0.97, binning: 1, width: 4096, height: 4096,
                dose: 30),
            RecordedExposure(camera: "BM-Eagle", magnification: 50000, pixelSize: 2.2, binning: 1),
            RecordedExposure(),
        ])
    func asTheyAre(_ exposure: RecordedExposure) {
        let (found, doubts) = judge(exposure)
        #expect(found.isEmpty && doubts.isEmpty)
    }

    @Test("A pixel ten times too large is told by the magnification and by the beam, and its dose is not believed")
    func pixel() throws {
        let exposure = RecordedExposure(
            camera: "EF-CCD", magnification: 105000, pixelSize: 11.33, binning: 1, width: 3838, height: 3710,
            beamDiameter: 1.1, dose: 0.43)
        let (found, doubts) = judge(exposure)
        #expect(found == ["pixel-size", "field-beam"] && doubts == [.pixelSize, .dose])
        let check = try #require(PlausibilityCheck.ofExposures.first { $0.name == "field-beam" })
        let contradiction = try #require(check.find(exposure, SessionValues(), []))
        #expect(contradiction.values == "the camera field, 4.35 x 4.2 um, is larger than the beam, 1.1 um")
    }

    @Test("Where only the pixel size is wrong the dose is believed: with that on the camera it gives a likely pixel")
    func pixelAlone() {
        var exposure = Self.sound
        exposure.pixelSize = 10.559
        #expect(judge(exposure).1 == [.pixelSize])
        // Both of one wrong pixel agree.
        exposure.doseOnCamera = 39.92 * 10.559 * 10.559
        #expect(judge(exposure).1 == [.pixelSize, .dose])
    }

    @Test("What is off by a factor of 2 or more is doubted; what else is known says which value it is")
    func doses() {
        var exposure = Self.sound
        exposure.dose = 2 * 39.92
        #expect(judge(exposure) == (["dose-on-camera"], [.dose]))
        exposure.dose = 0.9 * 39.92
        #expect(judge(exposure).0.isEmpty)
        exposure = Self.sound
        exposure.doseOnCamera = nil
        exposure.dose = 3992
        #expect(judge(exposure) == (["dose"], [.dose]))
        // The magnification bears the field out.
        exposure = Self.sound
        exposure.beamDiameter = 0.049
        #expect(judge(exposure) == (["field-beam"], [.beamDiameter]))
        exposure.magnification = nil
        exposure.doseOnCamera = nil
        #expect(judge(exposure) == (["field-beam"], [.pixelSize, .dose]))
    }

    @Test("A check that confirms what another doubts says so, too")
    func confirmed() throws {
        var exposure = Self.sound
        exposure.dose = 399.2
        let session = SessionValues()
        for (name, known) in [("dose-on-camera", [] as Doubts), ("dose", [.dose])] {
            let check = try #require(PlausibilityCheck.ofExposures.first { $0.name == name })
            #expect(check.find(exposure, session, known)?.doubts == [.dose], "\(name)")
        }
    }

    @Test("A session's own hole images, and its start, contradict what a camera may have")
    func session() {
        var session = SessionValues()
        session.usualPixel = ["EF-CCD": 9.41]
        #expect(judge(Self.sound, session).0.isEmpty)
        session.usualPixel = ["EF-CCD": 18]
        #expect(judge(Self.sound, session) == (["pixel-size"], [.pixelSize]))
        session.usualPixel = ["BM-Falcon": 18]
        session.start = Timestamp(archiveText: "2025-01-08T10:00:00.0000000Z")
        var exposure = Self.sound
        exposure.acquired = "2025-01-08T09:59:30.0000000Z"
        #expect(judge(exposure, session).0.isEmpty)
        exposure.acquired = "2025-01-08T07:30:00.0000000Z"
        #expect(judge(exposure, session) == (["time"], []))
    }

    @Test("Areas of the template that nobody shot, and another version of EPU, are told of a session")
    func sessionChecks() {
        func found(_ session: SessionValues) -> [String] {
            SessionCheck.all.filter { $0.find(session) != nil }.map(\.name)
        }
        var session = SessionValues()
        session.templateAreas = [1, 2, 3]
        session.exposedAreas = [2, 3, 9]
        session.exposedHoles = 9
        #expect(found(session).isEmpty)
        session.exposedHoles = 10
        #expect(found(session) == ["template-areas"])
        session.exposedAreas.insert(1)
        session.fileVersion = "3.11.0.9330"
        session.imageVersion = "3.11.1.9400"
        #expect(found(session).isEmpty)
        session.imageVersion = "3.8.1.7603"
        #expect(found(session) == ["epu-version"])
    }

    @Test(
        "What is doubtful is marked and said once, what fields had received is asked again, and what was mended is forgotten"
    )
    func stored() throws {
        let folder = try TemporaryFolder()
        let sample = try SampleArchive(folder["a.db"])
        try sample.add(
            "s", [SampleArchive.Exposure(time: 0, name: "a"), SampleArchive.Exposure(hole: 2, time: 60, name: "b")],
            beamDiameter: 1, dose: 40, field: (0.4, 0.3))
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET camera = 'EF-CCD', magnification = 90000, dose_on_camera_e_per_px = 40;
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um)
                    SELECT exposure_id, 1, exposure_id, 0, 0 FROM exposure;
                    INSERT INTO pre_exposure (placement_id, dose_e_per_a2) SELECT placement_id, 0 FROM placement;
                    """)
        }
        func check() throws -> (doubts: [[Int]], notices: [Notice], known: Int) {
            try sample.archive.write { db in
                try Plausibility(sessionID: 1).check(db)
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT pixel_size_doubtful, dose_doubtful, beam_diameter_doubtful FROM exposure ORDER BY name
                        """)
                return (
                    rows.map { [$0[0], $0[1], $0[2]] }, try NoticeStore(sessionID: 1).all(db),
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM pre_exposure") ?? -1
                )
            }
        }
        let sound = try check()
        #expect(sound.doubts == [[0, 0, 0], [0, 0, 0]] && sound.notices.isEmpty && sound.known == 2)
        try sample.archive.write { try $0.execute(sql: "UPDATE exposure SET dose_e_per_a2 = 80 WHERE name = 'b'") }
        for _ in 0..<2 {
            let doubtful = try check()
            #expect(doubtful.doubts == [[0, 0, 0], [0, 1, 0]] && doubtful.known == 1)
            #expect(doubtful.notices.map(\.name) == ["dose-on-camera"] && doubtful.notices.first?.exposures == 1)
            #expect(
                doubtful.notices.first?.message.hasPrefix(
                    "In 1 exposure Dose x pixel area, 80 e/A^2 x 1^2 A^2, is 2 times")
                    == true)
        }
        try sample.archive.write { try $0.execute(sql: "UPDATE exposure SET dose_e_per_a2 = 40") }
        let mended = try check()
        #expect(mended.doubts == [[0, 0, 0], [0, 0, 0]] && mended.notices.isEmpty)
    }

    @Test(
        "Real files contradict nothing", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)),
        arguments: ["morado", "diamond-example", "diamond-epumocks", "emharvest", "glacios"])
    func realFiles(folder: String) async throws {
        let temporary = try TemporaryFolder()
        try await ingest([RealData.path(folder)], into: temporary["a.db"])
        let notices = try text("SELECT message FROM notice WHERE name IN (\(Self.names))", in: temporary["a.db"])
        #expect(notices.isEmpty)
        #expect(
            try count(
                "SELECT count(*) FROM exposure WHERE pixel_size_doubtful + dose_doubtful + beam_diameter_doubtful > 0",
                in: temporary["a.db"]) == 0)
    }

    @Test(
        "Simulated sessions contradict nothing, nor do their faults",
        arguments: ["1.2", "2.3", "2.6", "3.4", "3.8", "3.9", "3.11"])
    func simulated(version: String) async throws {
        let temporary = try TemporaryFolder()
        let run = try ToolRun.run(
            "epu-simulate",
            [
                temporary["s"], "--exposures", "90", "--no-images", "--epu-version", version, "--interrupted", "1",
                "--repeated-hole", "1",
            ])
        try #require(run.status == 0, "\(run.errors)")
        try await ingest([temporary["s"]], into: temporary["a.db"])
        #expect(
            try text("SELECT message FROM notice WHERE name IN (\(Self.names))", in: temporary["a.db"]).isEmpty)
    }

    private static let names = (PlausibilityCheck.ofExposures.map(\.name) + SessionCheck.all.map(\.name))
        .map { "'\($0)'" }.joined(separator: ", ")
}
