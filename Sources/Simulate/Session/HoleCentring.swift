import EPUCore

/// How EPU sees a hole in a hole image, and what it makes of it.
///
/// The beam shift follows what was found in the last image exactly: (matrix in the hole image's scale) x beam shift =
/// -binning x ReferenceTransformation x (found centre - middle of the image) + area, as measured on a Glacios without
/// AFIS (calibration notes of real sessions); with AFIS, the way from the centre hole to another hole is added.
struct HoleCentring {
    private let options: SimulationOptions
    private let frame: StageFrame

    init(options: SimulationOptions, frame: StageFrame) {
        self.options = options
        self.frame = frame
    }

    /// The place in the image, stored pixels from its middle and rounded as EPU holds them, of a hole that lies `way` um
    /// from the middle on the specimen.
    func pixels(of way: Vector2) -> Vector2 {
        rounded(options.instrument.hole.pixels(ofStageOffset: options.seen(frame.stageOffset(of: way))))
    }

    /// The way on the specimen, um, that EPU makes of so many pixels from the middle of the image.
    func way(ofPixels pixels: Vector2) -> Vector2 {
        frame.way(ofStageOffset: options.onTiltedSpecimen(options.instrument.hole.stageOffset(ofPixels: pixels)))
    }

    /// The hole finder's error in an image that is not shot from, pixels: the hole is the same in both images of a stop,
    /// and so is most of the error of its centre.
    func finderError(stop: Int, session: Int) -> Vector2 {
        var random = RandomSource(seed: options.seed, stream: "hole finder in hole images \(session)", index: stop)
        return rounded(Vector2(random.normal(2), random.normal(2)))
    }

    /// Rounds to single precision, as EPU holds pixel coordinates.
    private func rounded(_ pixels: Vector2) -> Vector2 {
        Vector2((pixels.x * 1e4).rounded() / 1e4, (pixels.y * 1e4).rounded() / 1e4)
    }
}
