import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_report

@Suite("The overlap on a montage's tiles")
struct MontageOverlayTests {
    /// As EPU writes it for a K3, but turned by no angle: a picture's x is the stage's x, its y (down) is the stage's -y.
    private static let upright = Matrix2(-5e-5, 0, 0, 5e-5)

    @Test("A place lies where EPU's rule has it: stage - binning x matrix x pixels")
    func rule() throws {
        // -[[cos, sin], [sin, -cos]] of 0.0573 degree and more, scaled to 0.5279 Angstrom an unbinned pixel.
        let matrix = Matrix2(-5.2786e-5, -3.024e-6, -3.024e-6, 5.2786e-5)
        let scale = 2 * Vector2(5.2786e-5, 3.024e-6).length
        let centre = Vector2(-97.15, -152.72)
        let view = try #require(
            ExposureView(width: 2880 * scale, height: 2046 * scale, centre: centre, imageToStage: matrix))
        for (x, y) in [(0.0, 0.0), (1440, 0), (0, 1023), (-700, 411)] {
            // Another exposure on the feature that is x, y pixels from the middle of this one.
            let place = Vector2(
                centre.x - 2 * (matrix.m11 * x + matrix.m12 * y), centre.y - 2 * (matrix.m21 * x + matrix.m22 * y))
            let other = try #require(ExposureView(width: 1, height: 1, centre: place, imageToStage: matrix))
            let shown = try #require(view.places([.zero], of: other))[0]
            #expect(abs(shown.x / scale - x) < 1e-6 && abs(shown.y / scale - y) < 1e-6)
        }
    }

    @Test("A camera that is turned by a right angle: right in the other's picture is up in this one")
    func turned() throws {
        let this = try view(.zero, Self.upright)
        let other = try view(Vector2(0.1, 0.2), Matrix2(0, -5e-5, -5e-5, 0))
        // The other's x goes along the stage's y, which is up here, and its y along the stage's x.
        let shown = try #require(this.places([.zero, Vector2(0.03, 0), Vector2(0, 0.03)], of: other))
        for (place, expected) in zip(shown, [Vector2(0.1, -0.2), Vector2(0.1, -0.23), Vector2(0.13, -0.2)]) {
            #expect(place.distance(to: expected) < 1e-12)
        }
    }

    @Test("On a specimen that is tilted about x a way along y is seen shortened; beams stay circles")
    func tilted() throws {
        let this = try view(.zero, Self.upright, cosine: 0.5)
        let other = try view(Vector2(0.1, 0.2), Self.upright, cosine: 0.5)
        let rim = try #require(this.places(ExposureView.rim(ofBeam: 0.4), of: other))
        for place in rim { #expect(abs(place.distance(to: Vector2(0.1, -0.1)) - 0.2) < 1e-12) }
        // The beam that fell on it flat is seen half as high.
        let flat = try view(.zero, Self.upright)
        let squeezed = try #require(this.places([Vector2(0.2, 0), Vector2(0, 0.2)], of: flat))
        #expect(squeezed == [Vector2(0.2, 0), Vector2(0, 0.1)])
    }

    @Test("Only what is known is drawn, and the tile says what is not")
    func lacks() throws {
        let this = exposure(try view(.zero, Self.upright))
        let other = exposure(try view(Vector2(0.1, 0), Self.upright))
        let whole = MontageOverlay(on: this, other: other, isPlaced: true)
        #expect(whole.lack == nil && whole.ownBeam != nil && whole.otherBeam != nil && whole.otherField != nil)

        let unplaced = MontageOverlay(on: this, other: other, isPlaced: false)
        #expect(unplaced.lack?.contains("without a calibration") == true)
        #expect(unplaced.ownBeam != nil && unplaced.otherBeam == nil && unplaced.otherField == nil)

        let undirected = exposure(try view(.zero, nil))
        let blind = MontageOverlay(on: undirected, other: other, isPlaced: true)
        #expect(blind.lack?.contains("direction") == true && blind.ownBeam != nil && blind.otherBeam == nil)
        // A circle has no direction.
        let halfBlind = MontageOverlay(on: this, other: undirected, isPlaced: true)
        #expect(halfBlind.lack?.contains("direction") == true)
        #expect(halfBlind.otherBeam != nil && halfBlind.otherField == nil)

        let sizeless = MontageOverlay(on: exposure(nil), other: other, isPlaced: true)
        #expect(sizeless.lack?.contains("pixel size") == true && sizeless.view == nil)
        #expect(MontageOverlay(on: this, other: exposure(nil), isPlaced: true).lack?.contains("the other's") == true)
        let noBeam = MontageOverlay(on: this, other: exposure(other.view, beam: nil), isPlaced: true)
        #expect(noBeam.lack?.contains("beam diameter") == true && noBeam.otherField != nil)
    }

    @Test("What is no size, place or direction is not taken for one")
    func nonsense() throws {
        for (width, height, x) in [(0.0, 1.0, 0.0), (1, -1, 0), (1, .nan, 0), (.infinity, 1, 0), (1, 1, .nan)] {
            #expect(ExposureView(width: width, height: height, centre: Vector2(x, 0), imageToStage: nil) == nil)
        }
        for matrix in [Matrix2(0, 0, 0, 0), Matrix2(1, 1, 1, 1), Matrix2(.nan, 0, 0, 1)] {
            let view = try #require(ExposureView(width: 1, height: 1, centre: .zero, imageToStage: matrix))
            #expect(view.toStage == nil)
        }
    }

    @Test("Beam and field of the other are drawn to scale on both tiles, the own beam thinly")
    func drawn() throws {
        let archive = try MontageArchive()
        try archive.analysis(1)
        // 0.288 x 0.2046 um on 512 x 364 pixels: 1777.8 pixels a um.
        let optics = MontageArchive.Optics(beamDiameter: 0.1, imageToStage: Self.upright)
        let earlier = try archive.exposure(hole: 1, minute: 1, stage: .zero, optics: optics)
        let later = try archive.exposure(hole: 2, minute: 2, stage: Vector2(0.05, 0.03), optics: optics)
        try archive.overlap(earlier, later, distance: 0.0583, share: 0.4)
        let page = try MontagePNG(try write(archive))
        func colour(_ column: Int, _ x: Double, _ y: Double) -> Hue {
            // The line is two pixels wide: the strongest colour around.
            let around = (-1...1).flatMap { dy in (-1...1).map { dx in (dx, dy) } }.map { dx, dy in
                Hue(page.pixel(row: 0, column: column, x: Int(x.rounded()) + dx, y: Int(y.rounded()) + dy))
            }
            return around.first { $0 != .grey } ?? .grey
        }
        let scale = 512 / 0.288
        for (column, sign) in [(0, 1.0), (1, -1.0)] {
            // Of the tile: the other's middle, +x right and +y up on the earlier one, the other way on the later one.
            let (x, y) = (256 + sign * 0.05 * scale, 182 - sign * 0.03 * scale)
            for angle in [0.4, 1.9, 3.6, 5.1] {
                #expect(colour(column, x + 0.05 * scale * cos(angle), y + 0.05 * scale * sin(angle)) == .other)
            }
            // Two sides of its field cross the picture.
            #expect(colour(column, x - sign * 256, y - 20) == .other)
            #expect(colour(column, x + 60, y + sign * 182) == .other)
            #expect(colour(column, x, y) == .grey)
            // A dash of the own beam, or the gap after it.
            let own = (0..<40).map { step in
                let angle = 3 + 0.02 * Double(step)
                return colour(column, 256 + 0.05 * scale * cos(angle), 182 + 0.05 * scale * sin(angle))
            }
            #expect(own.contains(.own))
        }
        #expect(colour(2, 256, 182) == .grey, "nothing on the hole images")
    }

    @Test("Nothing is drawn on a picture that has another shape than the field")
    func otherShape() throws {
        let archive = try MontageArchive()
        try archive.analysis(1)
        let optics = MontageArchive.Optics(beamDiameter: 0.1, imageToStage: Self.upright)
        let square = MontageArchive.Picture.bytes(try MontageArchive.jpeg(90, width: 364, height: 364))
        let earlier = try archive.exposure(hole: 1, minute: 1, stage: .zero, optics: optics)
        let later = try archive.exposure(
            hole: 2, minute: 2, stage: Vector2(0.05, 0.03), picture: square, optics: optics)
        try archive.overlap(earlier, later, share: 0.4)
        let page = try MontagePNG(try write(archive))
        func isDrawn(_ column: Int) -> Bool {
            (0..<364).contains { y in
                (0..<512).contains { Hue(page.pixel(row: 0, column: column, x: $0, y: y)) != .grey }
            }
        }
        #expect(isDrawn(0) && !isDrawn(1))
    }

    private enum Hue {
        case grey, other, own

        init(_ pixel: UInt32) {
            let (red, blue) = (Int(pixel >> 16), Int(pixel & 0xff))
            self = red > blue + 60 ? .other : blue > red + 40 ? .own : .grey
        }
    }

    private func view(_ centre: Vector2, _ matrix: Matrix2?, cosine: Double = 1) throws -> ExposureView {
        try #require(
            ExposureView(width: 0.288, height: 0.2046, centre: centre, cosine: cosine, imageToStage: matrix))
    }

    private func exposure(_ view: ExposureView?, beam: Double? = 0.4) -> MontageExposure {
        MontageExposure(
            sessionID: 1, gridSquare: nil, foilHole: 1, area: 1, name: "",
            time: LocalTime(instant: .now, utcOffsetMinutes: 0),
            stage: .zero, imagePath: nil, view: view, beamDiameter: beam)
    }

    private func write(_ archive: MontageArchive) throws -> String {
        let choice = try archive.archive.read { db in
            try #require(try AnalysisChoice.select(db, sessions: ["grid1"], analysisID: nil).first)
        }
        let options = Montage.Options(
            folder: archive.folder + "/report", prefix: "duplicates",
            order: MontageOrder(grouping: .pair, sorting: .time), pairsPerPage: 25)
        let montage = try Montage(archive.archive, of: choice, options: options)
        return try #require(try montage.write().files.first)
    }
}
