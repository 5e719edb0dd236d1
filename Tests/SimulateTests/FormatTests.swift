import EPUCore
import Foundation
import Testing

@testable import epu_simulate

/// Real sessions, where the machine has them: beside the package, and no part of it.
private let realData = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/data").standardizedFileURL.path

private let hasRealData = FileManager.default.fileExists(atPath: realData)

@Suite("EPU's formats")
struct FormatTests {
    private static let emharvestSession = "emharvest/Supervisor_20230919_140141_84_bi23047-106_grid1/"
    private static let emharvest = emharvestSession + "Images-Disc1/GridSquare_19493759/"
    private static let diamond = "diamond-example/Images-Disc1/GridSquare_8999138/"

    @Test(
        "Image XML has the elements of real files, in their order and namespaces",
        .enabled(if: hasRealData, "skipped: there are no real sessions in ../shared/data"),
        arguments: [
            (EPUVersion.epu39, "/Data/", diamond + "Data/FoilHole_9015883_Data_9017347_6_20250108_154915.xml"),
            (.epu39, "/FoilHoles/", diamond + "FoilHoles/FoilHole_9015889_20250108_154715.xml"),
            (.epu39, "/GridSquare_20", diamond + "GridSquare_20250108_151151.xml"),
            (
                .epu26, "/Data/",
                "morado/Images-Disc1/GridSquare_5324661/Data/FoilHole_5330589_Data_5338216_5338218_20200206_172047.xml"
            ),
            (
                .epu34, "/Data/",
                emharvest + "Data/FoilHole_19513699_Data_19508496_19508498_20230919_154056.xml"
            ),
            (.epu34, "/FoilHoles/", emharvest + "FoilHoles/FoilHole_19507368_20230919_142541.xml"),
            (.epu34, "/GridSquare_20", emharvest + "GridSquare_20230919_140816.xml"),
            (
                .epu37, "/GridSquare_20",
                "diamond-epumocks/EPU_session/Images-Disc1/GridSquare_4590776/GridSquare_20240406_102420.xml"
            ),
            (
                .epu26, "_Fractions.xml",
                "morado/Images-Disc1/GridSquare_5324661/Data/"
                    + "FoilHole_5330589_Data_5338216_5338218_20200206_172047_Fractions.xml"
            ),
        ])
    func sameElements(version: EPUVersion, kind: String, real: String) throws {
        let expected = try Elements(Data(contentsOf: URL(fileURLWithPath: realData + "/" + real)))
        let files = try writtenSession(version)
        let path = try #require(
            files.keys.sorted().first {
                $0.contains(kind) && $0.hasSuffix(".xml") && (kind == "_Fractions.xml" || !$0.contains("_Fractions"))
            })
        let mine = try Elements(try #require(files[path]))
        #expect(mine.all.map(\.qualified) == expected.all.map(\.qualified))
        #expect(keys(mine) == keys(expected))
    }

    @Test(
        "The .dm files have elements of real ones, in their order",
        .enabled(if: hasRealData, "skipped: there are no real sessions in ../shared/data"),
        arguments: [
            (EPUVersion.epu39, "EpuSession.dm", "diamond-example/EpuSession.dm"),
            (.epu37, "EpuSession.dm", "diamond-epumocks/EPU_session/EpuSession.dm"),
            (.epu34, "EpuSession.dm", emharvestSession + "EpuSession.dm"),
            (.epu37, "GridSquare_", "diamond-epumocks/EPU_session/Metadata/GridSquare_4590776.dm"),
            (.epu39, "GridSquare_", "diamond-epumocks/EPU_session/Metadata/GridSquare_4590776.dm"),
        ])
    func sameMetadata(version: EPUVersion, kind: String, real: String) throws {
        let expected = childLists(try Elements(Data(contentsOf: URL(fileURLWithPath: realData + "/" + real))))
        let files = try writtenSession(version)
        let path = try #require(files.keys.sorted().first { $0.contains(kind) && $0.hasSuffix(".dm") })
        let mine = childLists(try Elements(try #require(files[path])))
        for (parent, lists) in mine {
            let known = try #require(expected[parent], "\(parent)")
            for list in lists {
                #expect(known.contains { isSubsequence(list, of: $0) }, "\(list) below \(parent)")
            }
        }
        if kind == "GridSquare_" { #expect(Set(mine.keys) == Set(expected.keys)) }
    }

    @Test("Image XML is one line without declaration or final newline", arguments: EPUVersion.allCases)
    func oneLine(version: EPUVersion) throws {
        for file in dataFiles(try writtenSession(version)).prefix(3) {
            let text = String(decoding: file.data, as: UTF8.self)
            #expect(text.hasPrefix("<MicroscopeImage xmlns=") && text.hasSuffix("</MicroscopeImage>"))
            #expect(!text.contains("\n") && !text.contains("{"))
        }
    }

    @Test("The .dm files number their objects once, and refer only to what was written", arguments: EPUVersion.allCases)
    func serializedIDs(version: EPUVersion) throws {
        for (path, data) in try writtenSession(version) where path.hasSuffix(".dm") {
            let text = String(decoding: data, as: UTF8.self)
            let ids = text.matches(of: /z:Id="(\d+)"/).compactMap { Int($0.1) }
            #expect(ids == Array(1...ids.count), "\(path)")
            for reference in text.matches(of: /z:Ref="(\d+)"/) { #expect(ids.contains(Int(reference.1) ?? 0)) }
        }
    }

    @Test("The grid square's .dm places holes within the scale error, and lists what was shot")
    func gridSquare() throws {
        let options = quickOptions { $0.holeMapScaleError = 0.03 }
        try inTemporaryFolder { folder in
            let truth = try Simulation(options).write(to: folder + "/grid")
            let model = try SimulationModel(options: options)
            let square = try #require(model.foil.squares.first)
            let xml = try Elements(
                Data(contentsOf: URL(fileURLWithPath: "\(folder)/grid/Metadata/GridSquare_\(square.id).dm")))
            let xs = xml.texts("value/StagePosition/X").compactMap(Double.init)
            let ys = xml.texts("value/StagePosition/Y").compactMap(Double.init)
            #expect(xs.count == square.holes.count)
            for (hole, (x, y)) in zip(square.holes, zip(xs, ys)) {
                let fromCentre = hole.position - square.centre
                let expected = square.centre + 1.03 * fromCentre
                // Half a micrometre of misalignment, and the hole finder's own error.
                #expect(Vector2(x * 1e6, y * 1e6).distance(to: expected) < 0.6)
            }
            #expect(
                Set(xml.texts("value/Image/BaseFileName").filter { $0.contains("_Data_") })
                    == Set(truth.exposures.map(\.name)))
            #expect(xml.texts("PixelCenter/x").count == square.holes.count)
        }
    }

    @Test("Refined holes are where their last image is, and all others as without")
    func refinedHoles() throws {
        let plain = try writtenSession(.epu39)
        let refined = try writtenSession(.epu39) { $0.refinedHoles = true }
        #expect(plain.keys.sorted() == refined.keys.sorted())
        for path in plain.keys where !path.contains("/Metadata/") && !path.hasSuffix(".truth.json") {
            #expect(plain[path] == refined[path], "\(path)")
        }
        let map = try #require(plain.keys.first { $0.contains("/Metadata/") })
        let (before, after) = (try Elements(try #require(plain[map])), try Elements(try #require(refined[map])))
        let flags = after.texts("value/IsPositionRefined")
        let (x, y) = (after.texts("value/StagePosition/X"), after.texts("value/StagePosition/Y"))
        #expect(flags.count == x.count && flags.count == before.texts("value/StagePosition/X").count)
        #expect(before.texts("value/IsPositionRefined").allSatisfy { $0 == "false" })
        #expect(after.texts("value/IsPositionCorrected") == flags)
        var images = 0
        let holes = after.all.filter {
            $0.path.hasSuffix("m_serializationArray/KeyValuePairOfintTargetLocationXmlBpEWF4JT/key")
        }
        #expect(holes.count == flags.count)
        for (index, hole) in holes.enumerated() {
            let last = refined.keys.filter { $0.contains("/FoilHoles/FoilHole_\(hole.text)_") && $0.hasSuffix(".xml") }
                .max()
            #expect(flags[index] == (last == nil ? "false" : "true"))
            guard let last else {
                #expect(x[index] == before.texts("value/StagePosition/X")[index])
                continue
            }
            images += 1
            let image = try Elements(try #require(refined[last]))
            #expect(try abs(image.number("stage/Position/X") - (Double(x[index]) ?? 0)) < 1e-12)
            #expect(try abs(image.number("stage/Position/Y") - (Double(y[index]) ?? 0)) < 1e-12)
        }
        #expect(images > 2)
    }

    @Test(
        "The template predicts the differences of beam shifts, except for the scale error",
        arguments: EPUVersion.allCases)
    func template(version: EPUVersion) throws {
        let options = quickOptions {
            $0.epuVersion = version
            $0.holeImageScaleError = 0.02
        }
        let files = try writtenSession(version) { $0.holeImageScaleError = 0.02 }
        let xml = try Elements(try #require(files["grid/EpuSession.dm"]))
        let pair = "KeyValuePairOfintDataAcquisitionAreaXml" + (version == .epu12 ? "iX7UYjaE" : "BpEWF4JT")
        let keys = xml.texts("DataAcquisitionAreas/m_serializationArray/\(pair)/key")
        let area = "\(pair)/value/ShiftInPixels/"
        let shifts = zip(xml.texts(area + "width"), xml.texts(area + "height")).map {
            Vector2(Double($0) ?? 0, Double($1) ?? 0)
        }
        let entries = try ["m11", "m12", "m21", "m22"].map { try xml.number("PhysicalTransformation/matrix/_" + $0) }
        let matrix = Matrix2(entries[0], entries[1], entries[2], entries[3])
        let pixelSize = 1e6 * matrix.scale * Double(options.instrument.hole.binning)
        #expect(keys.count == 3)
        var byHole: [Int64: [Int64: Vector2]] = [:]
        for file in dataFiles(files) {
            byHole[file.name.foilHole, default: [:]][file.name.area] = try placement(file.data).beamShift
        }
        for areas in byHole.values where areas.count == 3 {
            let first = try #require(areas[Int64(keys[0]) ?? 0])
            let second = try #require(areas[Int64(keys[1]) ?? 0])
            let predicted = -pixelSize / matrix.scale * (matrix * (shifts[1] - shifts[0]))
            let actual = options.matrix * (second - first)
            #expect((1.02 * actual).distance(to: predicted) < 0.002)
        }
    }

    @Test(
        "A hole image's found centre is where the hole is, except for the centring error",
        arguments: EPUVersion.allCases.filter { $0 != .epu34 })
    func foundCentre(version: EPUVersion) throws {
        let options = quickOptions {
            $0.epuVersion = version
            $0.holeImageScaleError = 0
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        let metadata = ImageDocuments(options: options, foil: model.foil)
        for (number, image) in session.holeImages.enumerated() {
            let xml = try Elements(Data(metadata.hole(image, number: number, session: session)))
            let (stage, beamShift) = try placement(Data(metadata.hole(image, number: number, session: session)))
            #expect(beamShift == .zero)
            let entries = try ["m11", "m12", "m21", "m22"].map {
                try xml.number("ReferenceTransformation/matrix/_" + $0)
            }
            let matrix = Matrix2(entries[0], entries[1], entries[2], entries[3])
            let binning = try xml.number("camera/Binning/x")
            let width = try xml.number("camera/ReadoutArea/width")
            let height = try xml.number("camera/ReadoutArea/height")
            let offset = Vector2(
                try xml.number("Value/Center/x") - width / 2, try xml.number("Value/Center/y") - height / 2)
            // Stage of a feature at pixel offset d from the image's centre, y down: stage - binning * matrix * d.
            let found = stage - binning * 1e6 * (matrix * offset)
            let hole = model.foil.squares[image.square].holes[image.hole].position
            // Errors end at 2.5 standard deviations, and the hole finder's of the first image lies on top.
            #expect(found.distance(to: hole) < 2.5 * options.centringError + 0.02)
        }
    }

    private func keys(_ xml: Elements) -> [String] {
        xml.all.filter { $0.path.hasSuffix("KeyValueOfstringanyType/Key") }.map {
            $0.text.hasSuffix(".CommercialName") || $0.text.hasSuffix(".ElectronCounted") ? "Detectors" : $0.text
        }
    }

    /// For each path of an element, the different lists of children that elements there have, repetitions dropped.
    private func childLists(_ xml: Elements) -> [String: Set<[String]>] {
        var open: [(path: String, children: [String])] = []
        var lists: [String: Set<[String]>] = [:]
        func close(downTo depth: Int) {
            while open.count > depth, let done = open.popLast() { lists[done.path, default: []].insert(done.children) }
        }
        for element in xml.all {
            let depth = element.path.split(separator: "/").count
            close(downTo: depth - 1)
            if let parent = open.indices.last, open[parent].children.last != element.qualified {
                open[parent].children.append(element.qualified)
            }
            open.append((element.qualified, []))
        }
        close(downTo: 0)
        return lists
    }

    private func isSubsequence(_ list: [String], of other: [String]) -> Bool {
        var rest = other[...]
        return list.allSatisfy { element in
            guard let place = rest.firstIndex(of: element) else { return false }
            rest = rest[(place + 1)...]
            return true
        }
    }
}
