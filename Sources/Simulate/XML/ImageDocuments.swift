import EPUCore

/// The XML of each image of the sessions.
struct ImageDocuments {
    private let options: SimulationOptions
    private let style: InstrumentStyle
    private let squares: [GridSquare]
    private let templates: [ImageKind: XMLTemplate]

    /// The requested defoci, m, which are taken in turn.
    static let defoci = [-2.4e-6, -2.1e-6, -1.8e-6, -1.5e-6, -1.2e-6, -9e-7]

    init(options: SimulationOptions, foil: Foil) {
        self.options = options
        squares = foil.squares
        style = options.instrument
        templates = Dictionary(
            uniqueKeysWithValues: ImageKind.allCases.map {
                ($0, ImageTemplate.template(style: options.instrument, kind: $0, form: options.xmlForm))
            })
    }

    /// - Parameter number: The index of the exposure among all: the source of its ids and doses.
    func data(_ exposure: SimulatedExposure, number: Int) -> [UInt8] {
        var random = RandomSource(seed: options.seed, stream: "data image", index: number)
        let dose = style.dose * (1 + random.normal(0.01))
        let defocus = Self.defoci[(exposure.hole + exposure.area) % Self.defoci.count]
        var values = common(
            .data, acquired: exposure.acquired, stage: exposure.stage, scale: 1, dose: dose, random: &random)
        values["beamDiameter"] = epuNumber(options.beamDiameterUsed * 1e-6)
        values["beamShiftX"] = epuNumber(exposure.beamShift.x)
        values["beamShiftY"] = epuNumber(exposure.beamShift.y)
        values["appliedDefocus"] = epuNumber(defocus)
        values["defocus"] = epuNumber(defocus + 1.4e-6 + random.normal(2e-7))
        return filled(.data, values)
    }

    func hole(_ image: SimulatedHoleImage, number: Int, session: SimulatedSession) -> [UInt8] {
        var random = RandomSource(seed: options.seed, stream: "hole image \(session.index)", index: number)
        var values = common(
            .hole, acquired: image.acquired, stage: image.stage, scale: 1 + options.holeImageScaleError,
            dose: 8.6e19 * (1 + random.normal(0.01)), random: &random)
        values["foundX"] = epuNumber(rounded(Double(style.hole.width) / 2 + image.seen.x))
        values["foundY"] = epuNumber(rounded(Double(style.hole.height) / 2 + image.seen.y))
        values["foundQuality"] = epuNumber(rounded(0.8 + random.normal(0.015)))
        values["foundRotation"] = epuNumber(
            rounded(session.foilAngle(options, square: squares[image.square]) + random.normal(0.004)))
        values["foundSize"] = epuNumber(
            rounded(options.holeSize * 1e-6 / style.hole.pixelSize * (1 + random.normal(0.004))))
        values["appliedDefocus"] = "-1.9999999999999998E-05"
        values["defocus"] = epuNumber(-1.98e-5 + random.normal(1e-7))
        return filled(.hole, values)
    }

    func square(_ image: SquareImage, number: Int, session: SimulatedSession) -> [UInt8] {
        var random = RandomSource(seed: options.seed, stream: "square image \(session.index)", index: number)
        var values = common(
            .square, acquired: image.acquired, stage: image.stage, scale: 1 + options.holeMapScaleError,
            dose: 3.5e16 * (1 + random.normal(0.02)), random: &random)
        values["appliedDefocus"] = "-4.9999999999999996E-05"
        values["defocus"] = "-5.0000000000000036E-05"
        return filled(.square, values)
    }

    private func filled(_ kind: ImageKind, _ values: [String: String]) -> [UInt8] {
        templates[kind]?.filled(values) ?? []
    }

    /// - Parameter scale: The value that the microscope's calibration of this magnification gives for 1.
    private func common(
        _ kind: ImageKind, acquired: Timestamp, stage: Vector2, scale: Double, dose: Double,
        random: inout RandomSource
    ) -> [String: String] {
        let preset = style.preset(kind)
        let pixelSize = preset.pixelSize * scale
        let doseOnCamera = dose * pixelSize * pixelSize
        let superResolution = kind == .data ? style.camera.superResolution : 1
        let hardwarePixels = Double(preset.binning * superResolution)
        let matrix = preset.referenceMatrix
        var values = [
            "uniqueID": random.guid(), "guid": random.guid(),
            "instrumentID": String(options.instrumentID ?? style.instrumentID),
            "acquired": LocalTime(instant: acquired, utcOffsetMinutes: options.utcOffsetMinutes).epuText,
            "dose": epuNumber(dose), "doseOnCamera": epuNumber(doseOnCamera),
            "doseRate": epuNumber(doseOnCamera / (preset.exposureSeconds * hardwarePixels * hardwarePixels)),
            "pixelSize": epuNumber(pixelSize), "m11": epuNumber(matrix.m11 * scale),
            "m12": epuNumber(matrix.m12 * scale), "m21": epuNumber(matrix.m21 * scale),
            "m22": epuNumber(matrix.m22 * scale), "beamDiameter": epuNumber(preset.beamDiameterMetres),
            "beamShiftX": "0", "beamShiftY": "0", "focus": epuNumber(-8e-5 + random.normal(4e-6)),
            "stageA": options.stageAlpha(untilted: "0.00017451154519999997"), "stageX": epuNumber(stage.x * 1e-6),
            "stageY": epuNumber(stage.y * 1e-6), "stageZ": "8.5710844035200026E-05",
        ]
        // The time by the detector's clock, us since 1970; it is a little before the image's time.
        if style.camera.isEER { values["detectorTime"] = String(acquired.ticks / 10 - 582_059) }
        return values
    }

    /// Rounds to single precision, as EPU holds pixel coordinates.
    private func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
