import EPUCore

/// A grey picture of a part of the specimen.
struct SpecimenPicture {
    let width: Int
    let height: Int
    /// The place on the specimen under the middle of the first pixel, um; `right` and `down` are the steps from one pixel
    /// to the next.
    private let origin: Vector2
    private let right: Vector2
    private let down: Vector2
    /// The size of a pixel on the specimen, um.
    let pixelSize: Double
    private var levels: [Float]

    /// - Parameters:
    ///   - centre: The place on the specimen that the middle of the picture shows, um.
    ///   - preset: The preset whose orientation and scale the picture has.
    ///   - frame: The stage frame in which the specimen lies before the camera.
    init(style: InstrumentStyle, preset: InstrumentStyle.Preset, centre: Vector2, frame: StageFrame) {
        width = style.camera.previewWidth
        height = style.camera.previewHeight
        let step = Double(preset.width) / Double(width)
        right = frame.way(ofStageOffset: preset.stageOffset(ofPixels: Vector2(step, 0)))
        down = frame.way(
            ofStageOffset: preset.stageOffset(ofPixels: Vector2(0, Double(preset.height) / Double(height))))
        origin = centre + (0.5 - Double(width) / 2) * right + (0.5 - Double(height) / 2) * down
        pixelSize = right.length
        levels = [Float](repeating: 0, count: width * height)
    }

    /// Half of the picture's diagonal, um.
    var reach: Double { (Double(width) / 2 * right + Double(height) / 2 * down).length }

    /// Sets every pixel to what `level` makes of its place on the specimen, um.
    mutating func fill(_ level: (Vector2) -> Float) {
        let (width, height, origin, right, down) = (width, height, origin, right, down)
        levels.withUnsafeMutableBufferPointer { levels in
            for y in 0..<height {
                var place = origin + Double(y) * down
                for x in 0..<width {
                    levels[y * width + x] = level(place)
                    place = place + right
                }
            }
        }
    }

    /// Adds the mark of a beam on the ice: a faint disc, its edge a little stronger.
    mutating func addDisc(centre: Vector2, radius: Double, inside: Float, edge: Float) {
        // The axes are perpendicular, so that a disc stays a disc.
        let offset = centre - origin
        let x = (offset.x * right.x + offset.y * right.y) / right.squaredLength
        let y = (offset.x * down.x + offset.y * down.y) / down.squaredLength
        let pixels = radius / pixelSize
        let thickness = max(0.005 / pixelSize, 0.8)
        let outer = pixels + thickness
        let (top, bottom) = (max(0, Int(y - outer)), min(height - 1, Int(y + outer) + 1))
        let (left, end) = (max(0, Int(x - outer)), min(width - 1, Int(x + outer) + 1))
        guard top <= bottom, left <= end else { return }
        for row in top...bottom {
            for column in left...end {
                let (dx, dy) = (Double(column) - x, Double(row) - y)
                let distance = (dx * dx + dy * dy).squareRoot()
                if distance < pixels - thickness {
                    levels[row * width + column] += inside
                } else if distance < outer {
                    levels[row * width + column] += edge
                }
            }
        }
    }

    /// The grey levels of the pixels, row by row, with grain on them.
    func pixels(grain: NoiseTile, strength: Float = 1, random: inout RandomSource) -> [UInt8] {
        let side = NoiseTile.side
        let (x0, y0) = (random.index(below: side), random.index(below: side))
        return [UInt8](unsafeUninitializedCapacity: width * height) { pixels, count in
            levels.withUnsafeBufferPointer { levels in
                grain.levels.withUnsafeBufferPointer { grain in
                    for y in 0..<height {
                        let row = ((y + y0) & (side - 1)) * side
                        for x in 0..<width {
                            let level = levels[y * width + x] + strength * grain[row + ((x + x0) & (side - 1))]
                            pixels[y * width + x] = UInt8(min(max(level, 0), 255))
                        }
                    }
                }
            }
            count = width * height
        }
    }
}
