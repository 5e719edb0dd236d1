import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("What a simulated session can be varied in")
struct VariedSessionTests {
    /// FNV-1a of all paths and contents.
    private func digest(_ files: [String: Data]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            for byte in Array(path.utf8) + Array(content) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }

    /// The .dm files tell more with every version.
    @Test("What older versions wrote of images and of the truth can be written again, byte for byte")
    func sameAsEver() throws {
        let files = try inTemporaryFolder { folder in
            try Simulation(
                quickOptions {
                    $0.unmovedStages = 1
                    $0.wrongCentres = 1
                    $0.repeatedHoles = 1
                    $0.partialOverlaps = 1
                    $0.secondSession = true
                }
            ).write(to: folder + "/grid")
            return try tree(folder)
        }
        #expect(digest(files.filter { !$0.key.hasSuffix(".dm") }) == 16_663_792_549_692_607_490)
    }

    @Test("Without .dm files all others are the same")
    func noDM() throws {
        let all = try writtenSession(.epu39)
        let some = try writtenSession(.epu39) { $0.dm = false }
        #expect(all.keys.contains("grid/EpuSession.dm"))
        #expect(some == all.filter { !$0.key.hasSuffix(".dm") })
    }

    @Test("Random hole numbers change the order of ids, and nothing about places")
    func randomNumbering() throws {
        let spiral = try SimulationModel(options: quickOptions())
        let random = try SimulationModel(options: quickOptions { $0.holeNumbering = .random })
        #expect(random.exposures.map(\.position) == spiral.exposures.map(\.position))
        func ids(_ model: SimulationModel) -> [Int] {
            model.exposures.map { model.sessions[$0.session].holeID(square: $0.square, hole: $0.hole) }
        }
        #expect(ids(random) != ids(spiral))
        #expect(Set(ids(random)).count == Set(ids(spiral)).count)
    }

    @Test(
        "Exposures miss the holes' centres, and stops theirs, by what was asked for",
        arguments: [(0.02, 0.05), (0.06, 0.15), (0, 0)])
    func errors(centring: Double, stage: Double) throws {
        let options = quickOptions {
            $0.areas = 1
            $0.exposures = 1200
            $0.centringError = centring
            $0.stageError = stage
        }
        let model = try SimulationModel(options: options)
        func rms(_ errors: [Vector2]) -> Double {
            (errors.reduce(0) { $0 + $1.squaredLength } / Double(errors.count)).squareRoot()
        }
        let misses = model.exposures.map { $0.position - model.foil.squares[$0.square].holes[$0.hole].position }
        // The stage creeps by up to 9 nm on top.
        #expect(abs(rms(misses) - centring) < 0.1 * centring + 0.009)
        let session = try #require(model.sessions.first)
        let lasts = Dictionary(session.holeImages.map { ($0.stop, $0) }) { $1 }.values
        let stops = lasts.map { $0.trueStage - model.foil.squares[$0.square].holes[$0.hole].position }
        #expect(abs(rms(stops) - stage) <= 0.2 * stage + 1e-9)
    }

    @Test("On a tilted stage the beam shift reaches further across the tilt axis", arguments: [30.0, -45])
    func tilt(degrees: Double) throws {
        try inTemporaryFolder { folder in
            let options = quickOptions {
                $0.tiltDegrees = degrees
                $0.unmovedStages = 1
            }
            let truth = try Simulation(options).write(to: folder + "/grid")
            let known = Dictionary(uniqueKeysWithValues: truth.exposures.map { ($0.name, $0.position) })
            let files = try tree(folder)
            var flatError = 0.0
            for file in dataFiles(files) {
                let (stage, beamShift) = try placement(file.data)
                let flat = options.matrix * beamShift
                let position = stage + Vector2(flat.x, flat.y / cos(degrees * .pi / 180))
                let known = try #require(known[file.name.base])
                #expect(position.distance(to: known) < 0.005)
                flatError = max(flatError, (stage + flat).distance(to: known))
            }
            #expect(flatError > 0.3)
            for (path, data) in files where path.hasSuffix(".xml") {
                #expect(abs(try Elements(data).number("stage/Position/A") * 180 / .pi - degrees) < 0.1)
            }
            for (path, data) in files where path.contains("Metadata/") {
                let angles = try Elements(data).texts("value/StagePosition/A").compactMap { Double($0) }
                #expect(!angles.isEmpty)
                #expect(angles.allSatisfy { abs($0 * 180 / .pi - degrees) < 0.1 })
            }
            let session = try Elements(#require(files["grid/EpuSession.dm"]))
            #expect(session.texts("TiltedAcquisitionEnabled") == ["true"])
            #expect(abs(try session.number("TiltAngle") * 180 / .pi - degrees) < 1e-9)
            let truthFile = try #require(files["grid.truth.json"])
            let json = try #require(JSONSerialization.jsonObject(with: truthFile) as? [String: Any])
            #expect(json["tilt_deg"] as? Double == degrees)
        }
    }

    @Test("A session that ends before its holes are done has whole stops, and then none")
    func unfinished() throws {
        let whole = try #require(SimulationModel(options: quickOptions { $0.exposures = 1200 }).sessions.first)
        let part = try SimulationModel(
            options: quickOptions {
                $0.exposures = 300
                $0.finished = 0.25
            })
        #expect(part.exposures.count == 300)
        let stops = try #require(part.sessions.first).stops
        // The same plan, broken off within its last stop.
        #expect(stops.dropLast().map(\.visits) == whole.stops.prefix(stops.count - 1).map(\.visits))
        #expect(Set(part.exposures.map { [$0.square, $0.hole] }).count == 100)
        #expect(part.foil.squares.map(\.holes.count).reduce(0, +) > 400)
    }

    @Test("Sessions can be small", arguments: [(1, 1), (1, 17), (2, 3), (39, 1), (41, 7)])
    func small(exposures: Int, areas: Int) throws {
        let model = try SimulationModel(
            options: quickOptions {
                $0.exposures = exposures
                $0.areas = areas
            })
        #expect(model.exposures.count == exposures)
    }

    @Test("Where many areas and a wide cluster leave a fault little room, single holes are centred worse")
    func littleRoom() throws {
        let options = quickOptions {
            $0.seed = 10
            $0.exposures = 2000
            $0.areas = 8
            $0.clusterRadius = 12
            $0.unmovedStages = 1
            $0.wrongCentres = 1
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        #expect(Set(session.stops.compactMap(\.incident.kind)) == [.unmovedStage, .wrongCentre])
        // Of the holes whose centring can be seen: where nothing goes wrong.
        let sound = Dictionary(grouping: model.exposures.filter { $0.incident == .none }) { [$0.square, $0.hole] }
        let misses = sound.values.compactMap { shots -> Double? in
            guard let shot = shots.first else { return nil }
            let hole = model.foil.squares[shot.square].holes[shot.hole].position
            return (shot.position - hole - session.template.areas[shot.area].offset).length
        }
        let usual = 2.5 * options.centringError + 0.01
        #expect(misses.count > 150)
        #expect(misses.allSatisfy { $0 < 3 * usual })
        #expect(misses.count { $0 > usual } < 5)
    }

    @Test("Any microscope, foil and template can be simulated, or is refused with the options to change")
    func anything() throws {
        var random = RandomSource(seed: 1, stream: "varied sessions")
        var made = 0
        for number in 0..<68 {
            let options = quickOptions {
                $0.seed = UInt64(number)
                $0.exposures = 10 + random.index(below: 250)
                $0.areas = 1 + number % 17
                $0.foil = number % 2 == 0 ? .square : .hexagonal
                $0.pitch = random.uniform(1.6, 6.5)
                $0.holeSize = $0.pitch * random.uniform(0.35, 0.65)
                $0.clusterRadius = random.uniform(5, 12)
                $0.matrix = matrix(
                    scale: random.uniform(20, 30), anisotropy: random.uniform(1, 1.04),
                    degrees: random.uniform(0, 360), stretchDegrees: random.uniform(0, 180),
                    mirrored: random.index(below: 2) == 0)
                $0.centringError = random.uniform(0.02, 0.06)
                $0.stageError = random.uniform(0.05, 0.15)
                $0.unmovedStages = random.index(below: 2)
                $0.repeatedHoles = random.index(below: 2)
            }
            do {
                let model = try SimulationModel(options: options)
                #expect(model.exposures.count == options.exposures)
                made += 1
            } catch let refusal as Failure {
                #expect(refusal.description.contains("--") && refusal.description.hasSuffix("."))
                #expect(!refusal.description.dropLast().contains(". "))
            }
        }
        #expect(made > 34)
    }

    private func matrix(
        scale: Double, anisotropy: Double, degrees: Double, stretchDegrees: Double, mirrored: Bool
    ) -> Matrix2 {
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let (d, t) = (cos(stretchDegrees * .pi / 180), sin(stretchDegrees * .pi / 180))
        let similarity = mirrored ? Matrix2(c, s, s, -c) : Matrix2(c, -s, s, c)
        // The larger singular value along the stretch, the smaller across it.
        let (large, small) = (scale * anisotropy.squareRoot(), scale / anisotropy.squareRoot())
        let stretch = Matrix2(
            large * d * d + small * t * t, (large - small) * d * t, (large - small) * d * t,
            large * t * t + small * d * d)
        let (first, second) = (Vector2(stretch.m11, stretch.m21), Vector2(stretch.m12, stretch.m22))
        let (x, y) = (similarity * first, similarity * second)
        return Matrix2(x.x, y.x, x.y, y.y)
    }
}
