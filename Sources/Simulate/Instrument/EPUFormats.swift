/// The format of each version, taken from real files.
extension EPUFormat {
    static let epu12 = EPUFormat(
        application: "Fei EPU", softwareVersion: "1.2.0.16", persistence: .fei("1.2.0.16"), schemaVersion: (2, 1),
        namesSeconds: false, settingStep: 1, namesRank: false, customData: earlyCustomData(withDetector: false),
        cameraInput: [.ceta, .counting, .alignment, .superResolution, .fractionation], integerType: "int",
        intensity: "0.41312665065032977", holeFilter: earlyHoleFilter, areaSettings: .listed,
        carrierKind: "Quantifoil", elements: [.zeroLoss, .nominalHoles])

    /// EPU 1.10, whose EpuSession.dm is not known: it is written as that of 2.3, which calls itself 1.12.
    static let epu110 = EPUFormat(
        application: "EPU", softwareVersion: "1.10.0.65", persistence: .thermo("1.10.0.65"), schemaVersion: (3, 0),
        namesSeconds: false, settingStep: 1, namesRank: false, customData: earlyCustomData(withDetector: true),
        cameraInput: [.counting, .alignment, .superResolution, .fractionation, .ceta], integerType: "int",
        intensity: "0", holeFilter: earlyHoleFilter, areaSettings: .single, carrierKind: "Quantifoil",
        elements: [.zeroLoss, .nominalHoles, .clustering])

    static let epu23 = EPUFormat(
        application: "EPU", softwareVersion: "2.3.0.79", persistence: .thermo("1.12.0.79"), schemaVersion: (3, 0),
        namesSeconds: true, settingStep: 2, namesRank: false, customData: earlyCustomData(withDetector: true),
        cameraInput: [.ceta, .counting, .alignment, .superResolution, .fractionation], integerType: "int",
        intensity: "0", holeFilter: earlyHoleFilter, areaSettings: .single, carrierKind: "Quantifoil",
        elements: [.zeroLoss, .nominalHoles, .clustering])

    static let epu26 = EPUFormat(
        application: "EPU", softwareVersion: "2.6.0.59", persistence: .thermo("2.6.0.59"), schemaVersion: (1, 0),
        namesSeconds: true, settingStep: 2, namesRank: false, customData: earlyCustomData(withDetector: true),
        cameraInput: [.ceta, .fractionation, .alignment, .counting, .superResolution], integerType: "int",
        intensity: "0.40325301670686337", holeFilter: [.intensities, .holes, .rotation],
        areaSettings: .sharedDefoci, carrierKind: "HoleyCarbon",
        elements: [
            .nominalHoles, .clustering, .autoFocus, .autoloaderSlot, .iceThickness, .apertures, .gunSettings,
        ])

    /// EPU 3.4, whose hole images say nothing of the hole that was found.
    static let epu34 = EPUFormat(
        application: "EPU", softwareVersion: "3.4.0.5704", persistence: .thermo("3.4.0.5704"), schemaVersion: (3, 0),
        namesSeconds: true, settingStep: 2, namesRank: false,
        customData: [.doseOnCamera, .stemMagnification, .apertures] + lateCustomData(withFoundHole: false),
        cameraInput: lateCameraInput, integerType: "int", intensity: "0", holeFilter: earlyHoleFilter,
        areaSettings: .sharedDefoci, carrierKind: nil, elements: elements34)

    static let epu37 = EPUFormat(
        application: "EPU", softwareVersion: "3.7.0.6930", persistence: .thermo("3.7.0.6930"), schemaVersion: (3, 0),
        namesSeconds: true, settingStep: 2, namesRank: false,
        customData: [.doseOnCamera, .apertures, .stemMagnification] + lateCustomData(withFoundHole: true),
        cameraInput: lateCameraInput, integerType: "int", intensity: "0", holeFilter: lateHoleFilter,
        areaSettings: .sharedDefoci, carrierKind: nil, elements: elements37)

    /// EPU 3.8, whose EpuSession.dm is not known: it is written as that of 3.7.
    static let epu38 = EPUFormat(
        application: "EPU", softwareVersion: "3.8.1.7603", persistence: .thermo("3.8.1.7603"), schemaVersion: (3, 0),
        namesSeconds: true, settingStep: 2, namesRank: false,
        customData: [.doseOnCamera, .apertures, .stemMagnification] + lateCustomData(withFoundHole: true),
        cameraInput: lateCameraInput, integerType: "int", intensity: "0", holeFilter: lateHoleFilter,
        areaSettings: .sharedDefoci, carrierKind: nil, elements: elements37.union([.cameraReadoutArea]))

    static let epu39 = latest("3.9.1.8206")
    static let epu311 = latest("3.11.0.9330")

    private static func latest(_ version: String) -> EPUFormat {
        EPUFormat(
            application: "EPU", softwareVersion: version, persistence: .thermo(version), schemaVersion: (3, 0),
            namesSeconds: true, settingStep: 2, namesRank: true,
            customData: [.doseOnCamera, .apertures, .stemMagnification] + lateCustomData(withFoundHole: true),
            cameraInput: lateCameraInput, integerType: "long", intensity: "0", holeFilter: lateHoleFilter,
            areaSettings: .sharedDefoci, carrierKind: nil,
            elements: elements37.union([.cameraReadoutArea, .smartFoilHoles, .tilt]))
    }

    // MARK: - What versions share

    private static func earlyCustomData(withDetector: Bool) -> [CustomKey] {
        [.doseOnCamera, .dose, .phasePlateUsed] + (withDetector ? [.detectorName] : []) + [.foundHole, .appliedDefocus]
    }

    private static func lateCustomData(withFoundHole: Bool) -> [CustomKey] {
        [
            .flashTime, .detector, .doseRate, .illuminationIntensity, .beamCurrent, .dose, .phasePlateUsed,
            .detectorName, .detectorProduct,
        ] + (withFoundHole ? [.foundHole] : []) + [.appliedDefocus]
    }

    private static let lateCameraInput: [CameraKey] = [
        .alignment, .superResolution, .fractionation, .counting, .definedShutter, .ceta, .readoutArea, .compression,
    ]

    private static let earlyHoleFilter: [HoleFilter] = [.holes, .calibration, .intensities, .rotation]
    private static let lateHoleFilter: [HoleFilter] = [.calibration, .intensities, .holes, .rotation]

    private static let elements34: Set<Element> = [
        .apertures, .gunSettings, .autoFocus, .zeroLoss, .autoloaderDescription, .autoloaderSlot, .clustering,
        .smartHoleSelection, .skipGridSquare, .gridType, .templatePixelSize,
    ]
    private static let elements37 = elements34.union([.xlMode, .gridGeometry, .iceThickness, .smartGridSquares])
}
