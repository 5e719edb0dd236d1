import EPUCore
import EPUDrawing
import Foundation

/// The JPGs that EPU writes beside its images, drawn from the specimen: foil, ice, and the marks of earlier beams.
struct PreviewImages {
    private static let quality = 75

    private let options: SimulationOptions
    private let style: InstrumentStyle
    private let model: SimulationModel
    private let exposures: PositionGrid
    private let ice: NoiseTile
    private let foil: NoiseTile

    init(options: SimulationOptions, model: SimulationModel) {
        self.options = options
        style = options.instrument
        self.model = model
        var grid = PositionGrid(reach: options.beamDiameterUsed)
        for exposure in model.exposures { grid.append(exposure.position) }
        exposures = grid
        ice = NoiseTile(seed: options.seed, stream: "ice", deviation: 8, particles: 190)
        foil = NoiseTile(seed: options.seed, stream: "foil", deviation: 9)
    }

    // MARK: - Data

    func data(_ number: Int) throws -> [UInt8] {
        let exposure = model.exposures[number]
        var random = RandomSource(seed: options.seed, stream: "data picture", index: number)
        let frame = model.sessions[exposure.session].frame
        var picture = SpecimenPicture(style: style, preset: style.data, centre: exposure.position, frame: frame)
        let brightness = Float(random.uniform(124, 140))
        let view = FoilView(model.foil, square: exposure.square, near: exposure.position, reach: picture.reach)
        let hole = view.nearestHole(to: exposure.position)
        let radius = options.holeSize / 2
        if hole.distance(to: exposure.position) + picture.reach < radius {
            picture.fill { _ in brightness }
        } else {
            picture.fill { place in
                let beyond = hole.distance(to: place) - radius
                if beyond < -0.005 { return brightness }
                // A Fresnel fringe at the rim, then carbon under ice.
                if beyond < -0.001 { return brightness + 14 }
                return beyond < 0.003 ? brightness - 42 : brightness - 24
            }
        }
        addMarks(to: &picture, around: exposure.position, before: number, inside: 9, edge: 16)
        let pixels = picture.pixels(grain: ice, random: &random)
        return try JPEGEncoder.grey(pixels, width: picture.width, height: picture.height, quality: Self.quality)
    }

    private func addMarks(
        to picture: inout SpecimenPicture, around centre: Vector2, before number: Int, inside: Float, edge: Float
    ) {
        let radius = options.beamDiameterUsed / 2
        var earlier: [Int] = []
        exposures.forEach(within: radius + picture.reach, of: centre) { index, _ in
            if index < number { earlier.append(index) }
        }
        // A sorted order gives the same sums, to the last bit, on every run.
        for index in earlier.sorted() {
            picture.addDisc(centre: model.exposures[index].position, radius: radius, inside: inside, edge: edge)
        }
    }

    // MARK: - Holes

    func hole(_ image: SimulatedHoleImage, number: Int, session: SimulatedSession) throws -> [UInt8] {
        var random = RandomSource(seed: options.seed, stream: "hole picture \(session.index)", index: number)
        var picture = SpecimenPicture(style: style, preset: style.hole, centre: image.trueStage, frame: session.frame)
        let view = FoilView(model.foil, square: image.square, near: image.trueStage, reach: picture.reach)
        let radius = options.holeSize / 2
        picture.fill { place in
            let (centre, isDry) = view.hole(nearest: place)
            let beyond = centre.distance(to: place) - radius
            if beyond < -0.014 {
                // Ice is thinnest in the middle; some holes at the rim of a square have none.
                return isDry ? 205 : 150 - 14 * Float((beyond + radius) / radius)
            }
            if beyond < 0.008 { return 86 }
            return 122 - 22 * Float(exp(-beyond / 0.12))
        }
        addMarks(to: &picture, around: image.trueStage, before: image.exposuresBefore, inside: 9, edge: -8)
        addDirt(to: &picture, around: image)
        let pixels = picture.pixels(grain: foil, random: &random)
        return try JPEGEncoder.grey(pixels, width: picture.width, height: picture.height, quality: Self.quality)
    }

    /// Specks of ice, which lie on the specimen: both images of a stop show the same.
    private func addDirt(to picture: inout SpecimenPicture, around image: SimulatedHoleImage) {
        var random = RandomSource(
            seed: options.seed, stream: "dirt", index: Int(image.found.x * 1e3) << 32 ^ Int(image.found.y * 1e3))
        for _ in 0..<random.index(below: 6) {
            let offset = Vector2(random.uniform(-1, 1), random.uniform(-1, 1))
            let centre = image.found + (0.7 * picture.reach) * offset
            picture.addDisc(centre: centre, radius: random.uniform(0.015, 0.05), inside: -70, edge: -30)
        }
    }

    // MARK: - Grid squares

    func square(_ image: SquareImage, number: Int, session: SimulatedSession) throws -> [UInt8] {
        var random = RandomSource(seed: options.seed, stream: "square picture \(session.index)", index: number)
        let square = model.foil.squares[image.square]
        var picture = SpecimenPicture(style: style, preset: style.square, centre: square.centre, frame: session.frame)
        let view = FoilView(model.foil, square: image.square, near: square.centre, reach: square.opening)
        let radius = options.holeSize / 2
        let angle = (options.foilAngleDegrees + 2.5) * .pi / 180
        let (cosine, sine) = (cos(angle), sin(angle))
        let half = square.opening / 2
        picture.fill { place in
            let offset = place - square.centre
            let along = abs(offset.x * cosine + offset.y * sine) - half
            let across = abs(offset.y * cosine - offset.x * sine) - half
            // Bars with rounded inner corners of 6 um.
            let (a, b) = (max(along + 6, 0), max(across + 6, 0))
            let beyond = (a * a + b * b).squareRoot() - 6
            let light = Float(1 / (1 + exp(beyond / 0.7)))
            guard light > 0.02 else { return 6 }
            let (centre, isDry) = view.hole(nearest: place)
            let inHole = Float(1 / (1 + exp((centre.distance(to: place) - radius) / 0.1)))
            return 6 + light * (172 + inHole * (isDry ? 58 : 26))
        }
        for _ in 0..<(4 + random.index(below: 6)) {
            let offset = Vector2(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5))
            let centre = square.centre + square.opening * offset
            picture.addDisc(centre: centre, radius: random.uniform(0.4, 2.2), inside: -150, edge: -80)
        }
        let pixels = picture.pixels(grain: foil, strength: 0.5, random: &random)
        return try JPEGEncoder.grey(pixels, width: picture.width, height: picture.height, quality: Self.quality)
    }
}

/// The holes in a part of a grid square, those beyond EPU's window included, ready to be asked for every pixel.
private struct FoilView {
    private let pattern: FoilPattern
    private let origin: Vector2
    private let middle: LatticeSite
    private let extent: Int
    private let centres: [Vector2]
    private let dry: [Bool]
    // Rows of the inverse of the lattice's axes.
    private let rowI: Vector2
    private let rowJ: Vector2

    init(_ foil: Foil, square index: Int, near point: Vector2, reach: Double) {
        let square = foil.squares[index]
        pattern = foil.pattern
        let (i, j) = (square.axes.i, square.axes.j)
        let determinant = i.x * j.y - i.y * j.x
        rowI = Vector2(j.y / determinant, -j.x / determinant)
        rowJ = Vector2(-i.y / determinant, i.x / determinant)
        origin = square.holes.first?.position ?? square.centre
        middle = square.axes.site(nearest: point - origin)
        // Rows of oblique axes lie closer together than the holes in them.
        extent = Int(reach / min(i.length, j.length) / sin(pattern.axesAngle)) + 2
        var centres: [Vector2] = []
        var dry: [Bool] = []
        for di in -extent...extent {
            for dj in -extent...extent {
                let site = middle + LatticeSite(i: di, j: dj)
                let hole = square.hole(at: site).map { square.holes[$0] }
                centres.append(hole?.position ?? origin + square.axes.vector(site))
                dry.append(hole.map { $0.isNearGridBar && ($0.site.i + 2 * $0.site.j) % 3 == 0 } ?? false)
            }
        }
        self.centres = centres
        self.dry = dry
    }

    func hole(nearest place: Vector2) -> (centre: Vector2, isDry: Bool) {
        let offset = place - origin
        let site = pattern.site(
            nearestToSteps: rowI.x * offset.x + rowI.y * offset.y, rowJ.x * offset.x + rowJ.y * offset.y)
        let (i, j) = (site.i - middle.i, site.j - middle.j)
        let index = min(max(i + extent, 0), 2 * extent) * (2 * extent + 1) + min(max(j + extent, 0), 2 * extent)
        return (centres[index], dry[index])
    }

    func nearestHole(to place: Vector2) -> Vector2 { hole(nearest: place).centre }
}
