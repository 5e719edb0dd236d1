/// The rules of EpuSession.dm, as `SessionMetadata` and `AreaTemplate` read it, and of a square's and a hole's .dm, as
/// `GridSquareMetadata` and `FoilHoleMetadata` read them.
extension SampleRule {
    static let session = SampleRule.parts([
        "Name": .leaf(.text(.session)), "StartDateTime": .leaf(.start), "ClusteringMode": .leaf(.word),
        "ClusteringRadius": .number, "DoseFractionsOutputFormat": .leaf(.word), "ImageFileFormat": .leaf(.word),
        "IceThicknessEnabled": .flag, "TiltedAcquisitionEnabled": .flag, "TiltAngle": .number,
        "StorageFolders": .items(of: .parts(["DiscId": .number, "Path": .leaf(.text(.storage))])),
        "Samples": .items(["SampleXml": sample], of: .parts([:])),
    ])

    private static let sample = SampleRule.parts([
        "AtlasId": .leaf(.text(.atlas)), "StartDateTime": .leaf(.start), "GridType": .leaf(.word),
        "GridGeometry": .leaf(.word), "SpecimenCarrierKind": .leaf(.word), "SpecimenCarrierType": .leaf(.word),
        "HoleSize": .number, "HoleSpacing": .number,
        "FilterHolesSettings": .numbers(
            "HoleSize", "HoleSpacing", "Rotation", "MinimumIntensity", "MaximumIntensity"),
        "MicroscopeSettings": .items(["KeyValuePairs": .items(of: preset)], of: preset),
        "GridSquares": .parts([
            "m_serializationArray": .items(
                of: .parts(["key": .id, "value": .parts(["FileName": .leaf(.squareFile)])]))
        ]),
        "TargetAreaTemplate": template,
    ])

    private static let preset = SampleRule.parts([
        "key": .leaf(.word),
        "value": .parts([
            "Acquisition": .parts(["camera": camera]),
            "Optics": .parts([
                "TemMagnification": .parts(["NominalMagnification": .number]), "SpotIndex": .number,
                "ProbeMode": .leaf(.word), "ObjectiveLensMode": .leaf(.word), "BeamDiameter": .number,
                "BeamShift": shift, "ImageShift": shift, "Defocus": .number,
                "Apertures": .parts(["C2Aperture": .parts(["Diameter": .number])]), "EFTEMOn": .flag,
                "EnergyFilter": energyFilter,
            ]),
        ]),
    ])

    private static let size = SampleRule.numbers("width", "height")

    private static let template = SampleRule.parts([
        "DelayAfterImageShift": .number, "DelayAfterStageShift": .number, "MaximumImageShift": .number,
        "PhysicalTransformation": .parts(["matrix": matrix]), "TemplateImagePixelSize": size,
        "DataAcquisitionAreas": .parts(["m_serializationArray": .items(of: .parts(["key": .id, "value": area]))]),
        "AutoFocusArea": spot, "DriftStabilizationArea": spot,
    ])

    private static let spot = SampleRule.parts([
        "ShiftInPixels": size, "Recurrence": .leaf(.word), "RecurrenceDistance": .number,
    ])

    private static let setting = SampleRule.parts(["Id": .id, "ExposureTime": .number, "Defocus": .numbers])

    private static let area = SampleRule.parts([
        "Id": .id, "ShiftInPixels": size, "ImageAcquisitionSettingXml": setting,
        "ImageAcquisitionSettings": .items(["ImageAcquisitionSettingXml": setting], of: .parts([:])),
    ])

    /// A square without its holes, which come one by one.
    static let gridSquare: [String: SampleRule] = [
        "Id": .id, "Position": place, "State": .leaf(.word), "Selected": .flag, "Unusable": .flag, "Order": .number,
        "HoleSpacing": .number, "Rotation": .number, "Image": .parts(["BaseFileName": .leaf(.base)]),
        "GridSquareShape": .parts(["vertices": .items(of: .numbers("x", "y"))]),
    ]

    static let holeEntry = SampleRule.parts(["key": .id, "value": hole])

    static let hole = SampleRule.parts([
        "FileName": .leaf(.squareFile), "Id": .id, "GridSquareId": .id, "StagePosition": place,
        "IsPositionCorrected": .flag, "IsPositionRefined": .flag, "CorrectedStagePosition": .numbers("X", "Y"),
        "PixelCenter": .numbers("x", "y"), "PixelWidthHeight": size, "State": .leaf(.word), "Selected": .flag,
        "IsNearGridBar": .flag, "Order": .number, "Quality": .number, "PositionInCluster": .numbers("x", "y"),
        "BeamShiftId": .leaf(.text(.beamShift)), "PrimaryId": .id,
        "FilterProperties": .numbers("PixelIntensityMean", "PixelIntensityStDev"), "SmartIceThicknessResult": .number,
        "Image": .parts(["BaseFileName": .leaf(.base)]),
        "ParticleAcquisitions": .parts([
            "KeyValuePairs": .items(
                of: .parts([
                    "key": .id,
                    "value": .parts([
                        "Id": .id, "DataAcquisitionAreaId": .id, "ImageAcquisitionSettingId": .id,
                        "Image": .parts(["BaseFileName": .leaf(.base)]),
                    ]),
                ]))
        ]),
    ])
}
