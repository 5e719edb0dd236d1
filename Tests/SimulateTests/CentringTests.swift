import EPUCore
import Foundation
import Testing

@testable import epu_simulate

/// The beam shifts of a session beside what EPU found in its hole images, all read from the written XML.
@Suite("Beam shifts follow from hole images")
struct CentringTests {
    /// An exposure of the hole that its stop was centred on.
    private struct Centred {
        let area: Int
        let hole: Int
        let beamShift: Vector2
        /// -binning x ReferenceTransformation x (found centre - middle), of the last hole image before, um.
        let offset: Vector2
    }

    private struct Reading {
        var centred: [Centred] = []
        /// Of holes without an image of their own, with the beam shift of the last centred hole's same area.
        var repeated: [(beamShift: Vector2, last: Vector2)] = []
        var holes = 0
    }

    /// In the order of time, of one session's folder.
    private func read(_ files: [String: Data], folder: String) throws -> Reading {
        var images: [(time: Timestamp, hole: Int, offset: Vector2)] = []
        for (path, data) in files
        where path.hasPrefix(folder + "/") && path.contains("/FoilHoles/") && path.hasSuffix(".xml") {
            let xml = try Elements(data)
            let entries = try ["m11", "m12", "m21", "m22"].map {
                try xml.number("ReferenceTransformation/matrix/_" + $0)
            }
            let d = Vector2(
                try xml.number("Value/Center/x") - xml.number("camera/ReadoutArea/width") / 2,
                try xml.number("Value/Center/y") - xml.number("camera/ReadoutArea/height") / 2)
            let name = (path as NSString).lastPathComponent.split(separator: "_")
            images.append(
                (
                    try acquired(xml), try #require(Int(name[1])),
                    try -1e6 * xml.binning * (Matrix2(entries[0], entries[1], entries[2], entries[3]) * d)
                ))
        }
        let data = try dataFiles(files.filter { $0.key.hasPrefix(folder + "/") }).map {
            let placed = try placement($0.data)
            return (time: try acquired(Elements($0.data)), name: $0.name, beamShift: placed.beamShift)
        }.sorted { $0.time < $1.time }
        var reading = Reading()
        var last: [Int: Vector2] = [:]
        for shot in data {
            let (hole, area) = (Int(shot.name.foilHole), Int(shot.name.area))
            let image = images.filter { $0.hole == hole && $0.time < shot.time }.max { $0.time < $1.time }
            if let image {
                reading.centred.append(
                    Centred(area: area, hole: hole, beamShift: shot.beamShift, offset: image.offset))
                last[area] = shot.beamShift
            } else if let last = last[area] {
                reading.repeated.append((shot.beamShift, last))
            }
        }
        reading.holes = Set(data.map(\.name.foilHole)).count
        return reading
    }

    private func acquired(_ xml: Elements) throws -> Timestamp {
        let text = try #require(xml.texts("acquisition/acquisitionDateTime").first)
        return try #require(LocalTime(epuText: text)).instant
    }

    private func session(_ change: (inout SimulationOptions) -> Void) throws -> (SimulationOptions, [String: Data]) {
        try inTemporaryFolder { folder in
            let options = quickOptions {
                $0.exposures = 90
                $0.areas = 2
                $0.readBackError = 0.08
                change(&$0)
            }
            try Simulation(options).write(to: folder + "/grid")
            return (options, try tree(folder))
        }
    }

    /// Least squares for M and a constant for each area in M x beam shift = offset + area, row by row of M.
    /// - Returns: M, and the greatest residual in um.
    private func fit(_ rows: [Centred]) throws -> (matrix: Matrix2, residual: Double) {
        // The areas' constants drop out where each area's means are taken off.
        var normal = Matrix2(scale: 0)
        var (right, up) = (Vector2.zero, Vector2.zero)
        var centred: [(shift: Vector2, offset: Vector2)] = []
        for area in Dictionary(grouping: rows, by: \.area).values {
            let count = Double(area.count)
            let shift = 1 / count * area.map(\.beamShift).reduce(.zero, +)
            let offset = 1 / count * area.map(\.offset).reduce(.zero, +)
            centred += area.map { ($0.beamShift - shift, $0.offset - offset) }
        }
        for (b, o) in centred {
            normal = normal - Matrix2(-b.x * b.x, -b.x * b.y, -b.y * b.x, -b.y * b.y)
            right = right + o.x * b
            up = up + o.y * b
        }
        let inverse = try #require(normal.inverse)
        let (first, second) = (inverse * right, inverse * up)
        let matrix = Matrix2(first.x, first.y, second.x, second.y)
        return (matrix, centred.map { (matrix * $0.shift).distance(to: $0.offset) }.max() ?? .infinity)
    }

    @Test(
        "In the hole image's scale, matrix x beam shift is the offset in the hole's last image and a constant, to 1e-8 um",
        arguments: [
            (0.0, EPUVersion.epu39, 0.0, false), (4, .epu38, 0, true), (0, .epu26, 30, false), (0, .epu311, -20, true),
        ])
    func exact(radius: Double, version: EPUVersion, tilt: Double, mirrored: Bool) throws {
        let (options, files) = try session {
            $0.clusterRadius = radius
            $0.epuVersion = version
            $0.tiltDegrees = tilt
            if radius > 0 { $0.exposures = 400 }
            $0.secondSession = true
            $0.secondFraction = 1
            $0.secondTurnDegrees = 37
            $0.secondMirror = mirrored
            $0.holeImageScaleError = 0.03
        }
        for folder in ["grid", "grid-second"] {
            let reading = try read(files, folder: folder)
            // Without clusters each hole has images; with them the centre holes have.
            #expect(radius == 0 ? reading.centred.count == 90 : (20..<200).contains(reading.centred.count))
            let (matrix, residual) = try fit(reading.centred)
            #expect(residual < 1e-8)
            // The microscope's, whatever lies under it; the image is 3 % too large.
            let difference = matrix - 1.03 * options.matrix
            #expect(difference.elements.allSatisfy { abs($0) < 1e-4 })
        }
    }

    @Test("The holes of a cluster beside the centre have the way from it on top, with a centring error of their own")
    func cluster() throws {
        let options = quickOptions { $0.centringError = 0.03 }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        let lasts = Dictionary(session.holeImages.map { ($0.stop, $0) }) { $1 }
        var errors: [Vector2] = []
        for exposure in model.exposures where exposure.hole != session.stops[exposure.stop].centre {
            let image = try #require(lasts[exposure.stop])
            let holes = model.foil.squares[exposure.square].holes
            let offset = 1.01 * options.instrument.hole.stageOffset(ofPixels: image.seen)
            let area = session.template.areas[exposure.area].offset
            let way = holes[exposure.hole].position - holes[image.hole].position
            errors.append(1.01 * (options.matrix * exposure.beamShift) - offset - 1.01 * (area + way))
        }
        let rms = (errors.reduce(0) { $0 + $1.squaredLength } / Double(errors.count)).squareRoot()
        // The centre's error is in its image, so that the way has both holes' errors.
        #expect(abs(rms - 2.0.squareRoot() * 0.03) < 0.006)
    }

    @Test("The image before the centring sees the same centre, to a few nm, from where its own read-back errs")
    func pairs() throws {
        let options = quickOptions {
            $0.exposures = 900
            $0.readBackError = 0.1
            $0.holeImageScaleError = 0
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        let images = Dictionary(grouping: session.holeImages, by: \.stop).values
        var changes: [Double] = []
        for pair in images {
            try #require(pair.count == 2)
            let places = pair.map { $0.stage + options.instrument.hole.stageOffset(ofPixels: $0.seen) }
            let true0 = pair[0].trueStage + options.instrument.hole.stageOffset(ofPixels: pair[0].seen)
            let true1 = pair[1].trueStage + options.instrument.hole.stageOffset(ofPixels: pair[1].seen)
            #expect(true0.distance(to: true1) < 0.02)
            changes += [(places[1] - places[0]).x, (places[1] - places[0]).y]
        }
        let rms = (changes.reduce(0) { $0 + $1 * $1 } / Double(changes.count)).squareRoot()
        // Two errors of 0.1 um: 0.141, which so many pairs give to a few per cent.
        #expect(abs(rms - 0.1 * 2.0.squareRoot()) < 0.03)
    }

    @Test("Holes that are not centred have no images, and repeat the last centred hole's beam shift to the last digit")
    func reused() throws {
        let (_, files) = try session {
            $0.clusterRadius = 0
            $0.exposures = 240
            $0.reusedCentring = 0.4
        }
        let reading = try read(files, folder: "grid")
        #expect(reading.repeated.allSatisfy { $0.beamShift == $0.last })
        // 40 % of 120 holes are 48, with a standard deviation of 5.4.
        #expect(abs(reading.repeated.count / 2 - 48) < 17)
        #expect(reading.holes == 120 && reading.centred.count + reading.repeated.count == 240)
        let (_, residual) = try fit(reading.centred)
        #expect(residual < 1e-8)
    }

    @Test("A hole that is not centred is missed by the error of its stop")
    func missed() throws {
        let options = quickOptions {
            $0.clusterRadius = 0
            $0.areas = 1
            $0.exposures = 400
            $0.stageError = 0.1
            $0.centringError = 0.02
            $0.reusedCentring = 0.5
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        let imaged = Set(session.holeImages.map(\.stop))
        func rms(_ exposures: [SimulatedExposure]) -> Double {
            let misses = exposures.map {
                $0.position.distance(to: model.foil.squares[$0.square].holes[$0.hole].position)
            }
            return (misses.reduce(0) { $0 + $1 * $1 } / Double(misses.count)).squareRoot()
        }
        #expect(rms(model.exposures.filter { imaged.contains($0.stop) }) < 0.03)
        // The stop's error, and that of the stop whose shift is repeated.
        #expect(abs(rms(model.exposures.filter { !imaged.contains($0.stop) }) - 0.141) < 0.03)
    }
}

extension Elements {
    fileprivate var binning: Double { get throws { try number("camera/Binning/x") } }
}
