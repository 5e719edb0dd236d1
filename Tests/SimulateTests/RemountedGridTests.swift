import EPUCore
import EPUDrawing
import Foundation
import Testing

@testable import epu_simulate

@Suite("A grid that was taken out and put back before the second session")
struct RemountedGridTests {
    private static func options(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
        quickOptions {
            $0.exposures = 90
            $0.secondSession = true
            change(&$0)
        }
    }

    private static let offset = Vector2(-3.5, 12.25)

    /// All files of both sessions, and the truth file.
    private func files(_ options: SimulationOptions) throws -> [String: Data] {
        try inTemporaryFolder { folder in
            try Simulation(options).write(to: folder + "/grid")
            return try tree(folder)
        }
    }

    private func isStageCoordinate(_ element: Elements.Element) -> Bool {
        element.path.hasSuffix("Position/X") || element.path.hasSuffix("Position/Y")
    }

    /// Stage positions of an XML or .dm file, um, in its order; those that are not set are left out.
    private func stagePositions(_ xml: Elements) throws -> [Vector2] {
        let coordinates = try xml.all.filter(isStageCoordinate).map { try #require(Double($0.text)) * 1e6 }
        let positions = stride(from: 0, to: coordinates.count, by: 2).map {
            Vector2(coordinates[$0], coordinates[$0 + 1])
        }
        return positions.filter { $0 != .zero }
    }

    /// The lists in the truth file.
    private func lists(_ files: [String: Data]) throws -> [String: NSArray] {
        let truth = try #require(files["grid.truth.json"])
        let json = try #require(JSONSerialization.jsonObject(with: truth) as? [String: Any])
        return json.compactMapValues { $0 as? NSArray }.filter { ["exposures", "pairs", "incidents"].contains($0.key) }
    }

    private func isNear(_ a: Any, _ b: Any) -> Bool {
        switch (a, b) {
        case (let a as [Any], let b as [Any]): a.count == b.count && zip(a, b).allSatisfy { isNear($0, $1) }
        case (let a as [String: Any], let b as [String: Any]):
            a.count == b.count && a.allSatisfy { key, value in b[key].map { isNear(value, $0) } ?? false }
        case (let a as NSNumber, let b as NSNumber): abs(a.doubleValue - b.doubleValue) < 2e-6
        case (let a as String, let b as String): a == b
        default: false
        }
    }

    @Test("An offset is added to every stage coordinate of the second session, and to nothing else")
    func offset() throws {
        let before = try files(Self.options { $0.images = true })
        let after = try files(
            Self.options {
                $0.images = true
                $0.secondOffset = Self.offset
            })
        #expect(Set(after.keys) == Set(before.keys))
        var moved = 0
        for (path, data) in before where path != "grid.truth.json" {
            let other = try #require(after[path])
            guard path.hasPrefix("grid-second/"), path.hasSuffix(".xml") || path.contains("/Metadata/") else {
                #expect(other == data, "\(path)")
                continue
            }
            let (first, second) = (try Elements(data), try Elements(other))
            let (positions, others) = (try stagePositions(first), try stagePositions(second))
            #expect(!positions.isEmpty && positions.count == others.count, "\(path)")
            #expect(zip(positions, others).allSatisfy { ($0 + Self.offset).distance(to: $1) < 1e-9 }, "\(path)")
            #expect(
                first.all.filter { !isStageCoordinate($0) }.map(\.text)
                    == second.all.filter { !isStageCoordinate($0) }.map(\.text), "\(path)")
            moved += 1
        }
        // A square image, two hole images for each stop, the exposures and the square's .dm.
        #expect(moved > 27 + 3)
    }

    @Test("The truth is the same, but that its file tells the offset and the turn")
    func sameTruth() throws {
        let before = try files(Self.options())
        let after = try files(
            Self.options {
                $0.secondOffset = Self.offset
                $0.secondTurnDegrees = 2
            })
        // To a pm: EPU rounds where it finds a hole in pixels, which a turn changes.
        let (truth, other) = (try lists(before), try lists(after))
        #expect(truth.count == 3 && truth.keys == other.keys)
        #expect(truth.allSatisfy { isNear($0.value, other[$0.key] ?? []) })
        let text = String(decoding: try #require(before["grid.truth.json"]), as: UTF8.self)
        #expect(!text.contains("second_"))
        let data = try #require(after["grid.truth.json"])
        let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(json["second_offset_um"] as? [Double] == [-3.5, 12.25])
        #expect(json["second_turn_deg"] as? Double == 2)
        let centre = try #require(SimulationModel(options: Self.options()).foil.squares.first).centre
        let turnedAbout = try #require(json["second_turn_centre_um"] as? [Double])
        try #require(turnedAbout.count == 2)
        #expect(Vector2(turnedAbout[0], turnedAbout[1]).distance(to: centre) < 1e-9)
    }

    @Test(
        "On a turned grid the stage turns about the first square, and the beam shift with it: both lead to the turned place",
        arguments: [(2.5, 0.0, false), (-5, 0, false), (3, 40, false), (0, 0, true), (-170, 20, true)])
    func turn(degrees: Double, tilt: Double, mirrored: Bool) throws {
        let plain = Self.options {
            $0.tiltDegrees = tilt
            // Ids along a spiral are others on the other side of the grid.
            $0.holeNumbering = .random
        }
        var turned = plain
        turned.secondTurnDegrees = degrees
        turned.secondMirror = mirrored
        turned.secondOffset = Self.offset
        let (before, after) = (try files(plain), try files(turned))
        let centre = try #require(SimulationModel(options: plain).foil.squares.first).centre
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        func onStage(_ place: Vector2) -> Vector2 {
            var way = place - centre
            if mirrored { way.y = -way.y }
            return centre + Vector2(c * way.x - s * way.y, s * way.x + c * way.y) + Self.offset
        }
        var furthest = 0.0
        for (path, data) in before where path.hasPrefix("grid-second/") && !path.hasSuffix("EpuSession.dm") {
            let other = try #require(after[path])
            let (positions, others) = (try stagePositions(Elements(data)), try stagePositions(Elements(other)))
            #expect(positions.count == others.count)
            #expect(zip(positions, others).allSatisfy { onStage($0).distance(to: $1) < 1e-9 }, "\(path)")
            furthest = max(furthest, positions.map { $0.distance(to: centre) }.max() ?? 0)
        }
        #expect(furthest > 5)
        let known = Dictionary(
            uniqueKeysWithValues: try truth(of: turned).exposures.map { ($0.name, $0.position) })
        for file in dataFiles(after.filter { $0.key.hasPrefix("grid-second/") }) {
            let (stage, beamShift) = try placement(file.data)
            // As the microscope has it: the hardware's matrix, and the tilt about its own x axis.
            let flat = turned.matrix * beamShift
            let hit = stage + Vector2(flat.x, flat.y / cos(tilt * .pi / 180))
            let place = try #require(known[file.name.base])
            #expect(hit.distance(to: onStage(place)) < 0.005)
        }
    }

    @Test(
        "What EPU measures on a turned grid is turned: the foil's angle, the template and the place of holes in pictures"
    )
    func turnedMeasurements() throws {
        let turned = Self.options {
            $0.secondTurnDegrees = 4
            $0.holeMapScaleError = 0
            $0.images = true
        }
        let files = try files(turned)
        let session = try Elements(#require(files["grid-second/EpuSession.dm"]))
        #expect(abs(try session.number("FilterHolesSettings/Rotation") * 180 / .pi - 18.8) < 1e-9)
        let first = try Elements(#require(files["grid/EpuSession.dm"]))
        #expect(abs(try first.number("FilterHolesSettings/Rotation") * 180 / .pi - 14.8) < 1e-9)
        let (angles, others) = (try templateAngles(first, turned), try templateAngles(session, turned))
        #expect(angles.count == 3)
        // Each session shoots its areas in an order of its own.
        for angle in angles {
            #expect(others.contains { abs(remainder($0 - angle - 4, 360)) < 0.01 })
        }
        for (path, data) in files where path.contains("/FoilHoles/") && path.hasSuffix(".xml") {
            let rotation = try Elements(data).number("Value/Rotation") * 180 / .pi
            #expect(abs(rotation - (path.hasPrefix("grid-second/") ? 18.8 : 14.8)) < 1)
        }
        // In the picture of the square, holes are brighter than the foil around them.
        for folder in ["grid", "grid-second"] {
            let contrast = try holeContrast(files, folder: folder, options: turned)
            #expect(contrast > 10, "\(folder): \(contrast)")
            // The map's stage positions lie as its holes do in the picture, except for a shift and the hole finder's error.
            let map = try holeMap(files, folder: folder)
            let inPicture = map.map { turned.instrument.square.stageOffset(ofPixels: $0.pixels) }
            let (middle, other) = (mean(map.map(\.stage)), mean(inPicture))
            for (hole, place) in zip(map, inPicture) {
                #expect((hole.stage - middle).distance(to: place - other) < 0.3)
            }
        }
    }

    @Test("Upside down, the foil's angle and the template are mirrored; EPU's spiral stays clockwise on the stage")
    func upsideDown() throws {
        let options = Self.options {
            $0.exposures = 300
            $0.secondMirror = true
            $0.secondTurnDegrees = 10
            $0.holeMapScaleError = 0
            $0.images = true
        }
        let files = try files(options)
        let first = try Elements(#require(files["grid/EpuSession.dm"]))
        let second = try Elements(#require(files["grid-second/EpuSession.dm"]))
        // y is mirrored, then all is turned by 10 degrees.
        #expect(abs(try second.number("FilterHolesSettings/Rotation") * 180 / .pi - (10 - 14.8)) < 1e-9)
        let (angles, others) = (try templateAngles(first, options), try templateAngles(second, options))
        for angle in angles { #expect(others.contains { abs(remainder($0 + angle - 10, 360)) < 0.01 }) }
        for folder in ["grid", "grid-second"] {
            let holes = try holeMap(files, folder: folder).map(\.stage)
            let (left, up) = (holes[1] - holes[0], holes[2] - holes[1])
            #expect(left.cross(up) < -0.8 * 2.5 * 2.5, "\(folder)")
            #expect(abs(left.length - 2.5) < 0.4)
            let contrast = try holeContrast(files, folder: folder, options: options)
            #expect(contrast > 10, "\(folder): \(contrast)")
        }
        let data = try #require(files["grid.truth.json"])
        let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(json["second_mirror"] as? Bool == true && json["second_turn_deg"] as? Double == 10)
    }

    @Test("With an atlas of its own no id of a grid square and no path tells that the grid is the same")
    func ownAtlas() throws {
        var same = Self.options { $0.exposures = 800 }
        let common = try files(same)
        same.secondAtlas = true
        let files = try files(same)
        func squares(_ files: [String: Data], _ folder: String) -> Set<String> {
            Set(files.keys.filter { $0.hasPrefix(folder + "/Metadata/") }.map { ($0 as NSString).lastPathComponent })
        }
        #expect(squares(common, "grid") == squares(common, "grid-second").union(squares(common, "grid")))
        #expect(!squares(files, "grid-second").isEmpty)
        #expect(squares(files, "grid").isDisjoint(with: squares(files, "grid-second")))
        func atlas(_ files: [String: Data], _ folder: String) throws -> [String] {
            try Elements(#require(files[folder + "/EpuSession.dm"])).texts("AtlasId")
        }
        #expect(try atlas(common, "grid") == atlas(common, "grid-second"))
        #expect(try atlas(files, "grid") != atlas(files, "grid-second"))
        // Nowhere else, either.
        let ids = squares(files, "grid").map { $0.filter(\.isNumber) }
        for (path, data) in files where path.hasPrefix("grid-second/") {
            let text = path + String(decoding: data, as: UTF8.self)
            #expect(ids.allSatisfy { !text.contains($0) }, "\(path)")
        }
        // All is where it was.
        let (truth, other) = (try lists(files), try lists(common))
        let pairs = try #require(truth["pairs"])
        #expect(pairs.count > 50 && pairs == other["pairs"])
    }

    /// Of each area, from the hole's centre, on the stage, degrees.
    private func templateAngles(_ session: Elements, _ options: SimulationOptions) throws -> [Double] {
        func numbers(_ name: String) throws -> [Double] {
            try session.texts("value/ShiftInPixels/\(name)").map { try #require(Double($0)) }
        }
        return zip(try numbers("width"), try numbers("height")).map {
            options.instrument.hole.stageOffset(ofPixels: Vector2($0, $1)).angle * 180 / .pi
        }
    }

    /// How much brighter the picture of the square is at the holes, as its .dm places them, than half a pitch beside.
    private func holeContrast(_ files: [String: Data], folder: String, options: SimulationOptions) throws -> Double {
        let path = try #require(
            files.keys.first { $0.hasPrefix(folder + "/") && $0.contains("/GridSquare_20") && $0.hasSuffix(".jpg") })
        let picture = try JPEGDecoder().decodeGrey(Array(try #require(files[path]))) { _, _ in .full }
        let square = options.instrument.square
        func level(_ place: Vector2) throws -> Double {
            let column = Int(place.x * Double(picture.width) / Double(square.width))
            let row = Int(place.y * Double(picture.height) / Double(square.height))
            try #require((0..<picture.width).contains(column) && (0..<picture.height).contains(row))
            return Double(picture.pixels[row * picture.width + column])
        }
        let beside = options.pitch / 2 * 1e-6 / square.pixelSize * Vector2(1, 1)
        let levels = try holeMap(files, folder: folder).map { try level($0.pixels) - level($0.pixels + beside) }
        return levels.reduce(0, +) / Double(levels.count)
    }

    /// The holes of the square's .dm: in the picture of the square, and on the stage in um.
    private func holeMap(_ files: [String: Data], folder: String) throws -> [(pixels: Vector2, stage: Vector2)] {
        let path = try #require(files.keys.first { $0.hasPrefix(folder + "/Metadata/") })
        let xml = try Elements(#require(files[path]))
        func vectors(_ x: String, _ y: String) -> [Vector2] {
            zip(xml.texts(x), xml.texts(y)).compactMap { x, y in
                Double(x).flatMap { x in Double(y).map { Vector2(x, $0) } }
            }
        }
        let pixels = vectors("value/PixelCenter/x", "value/PixelCenter/y")
        let stage = vectors("value/StagePosition/X", "value/StagePosition/Y").map { 1e6 * $0 }
        try #require(pixels.count > 40 && stage.count == pixels.count)
        return zip(pixels, stage).map { ($0, $1) }
    }

    private func mean(_ vectors: [Vector2]) -> Vector2 {
        1 / Double(vectors.count) * vectors.reduce(.zero, +)
    }
}

private func truth(of options: SimulationOptions) throws -> SimulationTruth {
    let model = try SimulationModel(options: options)
    return SimulationTruth(
        model: model, options: options, names: SessionNames(options: options, model: model, folder: "grid"))
}
