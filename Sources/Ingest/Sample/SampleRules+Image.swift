/// The rules of an image's XML, as `ImageMetadata` reads it.
extension SampleRule {
    static let image = SampleRule.parts([
        "uniqueID": .leaf(.text(.uniqueID)),
        "CustomData": .settings(customData, detectors: detector),
        "ReferenceTransformation": .parts(["matrix": matrix]),
        "SpatialScale": .parts([
            "pixelSize": .parts(["x": .parts(["numericValue": .number]), "y": .parts(["numericValue": .number])])
        ]),
        "microscopeData": .parts([
            "acquisition": .parts(["acquisitionDateTime": .leaf(.acquired), "camera": camera]),
            "core": .parts([
                "ApplicationSoftware": .leaf(.word), "ApplicationSoftwareVersion": .leaf(.version),
                "Guid": .leaf(.text(.coreGuid)),
            ]),
            "gun": .parts(["AccelerationVoltage": .number]),
            "instrument": .parts([
                "ComputerName": .leaf(.text(.computer)), "InstrumentID": .leaf(.text(.instrument)),
                "InstrumentModel": .leaf(.model),
            ]),
            "optics": optics,
            "stage": .parts(["Position": place]),
        ]),
    ])

    static let matrix = SampleRule.numbers("_m11", "_m12", "_m21", "_m22")
    static let place = SampleRule.numbers("X", "Y", "Z", "A", "B")
    static let shift = SampleRule.numbers("_x", "_y")

    private static let optics = SampleRule.parts([
        "BeamShift": shift, "ImageShift": shift, "BeamTilt": shift, "BeamDiameter": .number, "SpotIndex": .number,
        "ProbeMode": .leaf(.word), "Intensity": .number, "Defocus": .number,
        "TemMagnification": .parts(["NominalMagnification": .number]), "ObjectiveLensMode": .leaf(.word),
        "IlluminationMode": .leaf(.word), "ProjectorMode": .leaf(.word), "ColumnOperatingMode": .leaf(.word),
        "XLModeOn": .flag, "EFTEMOn": .flag, "EnergyFilter": energyFilter,
    ])

    static let energyFilter = SampleRule.parts([
        "EnergySelectionSlitInserted": .flag, "EnergySelectionSlitWidth": .number, "EnergyShift": .number,
    ])

    static let camera = SampleRule.parts([
        "Name": .leaf(.camera), "CameraLocation": .leaf(.word), "ExposureTime": .number,
        "ReadoutArea": .numbers("width", "height", "x", "y"), "Binning": .numbers("x", "y"),
        "CameraSpecificInput": .settings(
            [
                "ElectronCountingEnabled": .flag, "SuperResolutionFactor": .number,
                "FractionationSettings": .typed(
                    .parts([
                        "NumberOffractions": .number, "DoseFractions": .items(of: .parts(["EndFrameNumber": .number])),
                    ])),
            ], detectors: [:]),
    ])

    private static let customData: [String: SampleRule] = [
        "Aperture[C1].Name": .leaf(.word), "Aperture[C2].Name": .leaf(.word), "Aperture[C3].Name": .leaf(.word),
        "Aperture[OBJ].Name": .leaf(.word), "Aperture[SA].Name": .leaf(.word),
        "AppliedDefocus": .number, "Dose": .number, "DoseOnCamera": .number, "DoseRate": .number,
        "IlluminationIntensity": .number, "DetectorCommercialName": .leaf(.camera),
        "BinaryResult.Detector": .leaf(.camera), "StemMagnification": .flag, "PhasePlateUsed": .flag,
        "PhasePlateApertureName": .leaf(.word), "PhasePlatePosition": .number, "BeamCurrent": .number,
        "CFEGFlashTimeStamp": .leaf(.moment),
        "FindFoilHoleCenterResults": .parts([
            "Center": .numbers("x", "y"), "Size": .numbers("width", "height"), "Quality": .number,
            "Rotation": .number, "Shear": .number,
        ]),
    ]

    private static let detector: [String: SampleRule] = [
        "CommercialName": .leaf(.camera), "ElectronCounted": .flag, "DoseRate": .number, "TotalDose": .number,
        "ExposureTime": .number, "FrameRate": .number, "CameraSerialNumber": .leaf(.text(.serial)),
        "EerGainReference": .leaf(.text(.gain)), "GainReference": .leaf(.text(.gain)), "TimeStamp": .leaf(.moment),
    ]
}
