public import EPUCore

/// What `EpuSession.dm` says. EPU rewrites it while the session runs; lengths are um.
public struct SessionMetadata: Sendable {
    public var name: String?
    /// The time when the session was made, which with the name is the session's identity.
    public var createdAt: Timestamp?
    /// The time when the session's sample was begun.
    public var sampleStartedAt: Timestamp?
    public var epuVersion: String?
    /// The path of Atlas.dm on the microscope, which with the instrument identifies the grid.
    public var atlasID: String?
    /// How holes share a stage stop: `ClusteringWithImageBeamShift` (AFIS) or `NoClustering`.
    public var clusteringMode: String?
    public var clusteringRadiusUm: Double?
    public var movieFormat: String?
    public var imageFormat: String?
    public var iceThicknessEnabled: Int64?
    /// 1 if the session acquires on a tilted stage.
    public var tilted: Int64?
    public var tiltAngleDeg: Double?
    public var gridType: String?
    public var gridGeometry: String?
    public var carrierKind: String?
    public var carrierType: String?
    /// The hole size that the user chose, um, as `nominalHoleSpacingUm`; only EPU 2 and earlier wrote them.
    public var nominalHoleSizeUm: Double?
    public var nominalHoleSpacingUm: Double?
    /// The hole size that EPU measured, um, as `holeSpacingUm`.
    public var holeSizeUm: Double?
    public var holeSpacingUm: Double?
    /// The rotation of the hole template, degrees; not that of the foil.
    public var holeRotationDeg: Double?
    /// The least intensity of the ice, camera counts; the greatest follows.
    public var iceMinIntensity: Double?
    public var iceMaxIntensity: Double?

    public var storageFolders: [StorageFolder] = []
    public var presets: [Preset] = []
    public var gridSquares: [GridSquareEntry] = []
    public var template: AreaTemplate?

    public struct StorageFolder: Sendable {
        public let disc: Int64
        public let path: String?
    }

    /// A square of the atlas, with its .dm as EPU lists it.
    public struct GridSquareEntry: Sendable {
        public let gridSquare: Int64
        public let metadataName: String?
    }

    /// The microscope's settings for one kind of image.
    public struct Preset: Sendable {
        /// The kind of image: `Atlas`, `GridSquare`, `Hole`, `Acquisition`, `AutoFocus` ...
        public let name: String
        /// An index into the microscope's own list of magnifications; not the magnification.
        public var magnificationIndex: Int64?
        public var spotIndex: Int64?
        public var probeMode: String?
        public var lensMode: String?
        public var beamDiameterUm: Double?
        /// The beam shift in beam-shift units.
        public var beamShift: Vector2?
        public var imageShift: Vector2?
        public var defocusUm: Double?
        public var c2ApertureUm: Double?
        public var eftem: Int64?
        public var slitInserted: Int64?
        public var slitWidthEV: Double?
        public var camera: CameraMetadata?
    }
}

extension SessionMetadata {
    /// - Throws: `Unusable` where the document is no EpuSession.dm.
    public init(_ root: XMLElement) throws(Unusable) {
        guard root.isNamed("EpuSessionXml") else {
            throw Unusable(status: .malformed, reason: "its root is <\(root.name)>, not <EpuSessionXml>")
        }
        self.init()
        name = root["Name"]?.text
        createdAt = root["StartDateTime"]?.time?.instant
        // From 3.0 on the assembly has EPU's own version; EPU 2.3 wrote its library's, 1.12.
        epuVersion = root.assemblyVersion.flatMap { version in
            version.split(separator: ".").first.flatMap { Int($0) }.flatMap { $0 >= 3 ? version : nil }
        }
        clusteringMode = root["ClusteringMode"]?.text
        clusteringRadiusUm = root["ClusteringRadius"]?.positive(times: 1e6)
        movieFormat = root["DoseFractionsOutputFormat"]?.text
        imageFormat = root["ImageFileFormat"]?.text
        iceThicknessEnabled = root["IceThicknessEnabled"]?.flag
        tilted = root["TiltedAcquisitionEnabled"]?.flag
        tiltAngleDeg = root["TiltAngle"]?.number(times: 180 / .pi)
        storageFolders =
            root["StorageFolders"]?.entries.compactMap { folder in
                folder["DiscId"]?.integer.map { StorageFolder(disc: $0, path: folder["Path"]?.text) }
            } ?? []
        // The first sample is the session's.
        if let sample = root["Samples"]?.entries.first(where: { $0.isNamed("SampleXml") }) { read(sample: sample) }
    }

    private mutating func read(sample: XMLElement) {
        atlasID = sample["AtlasId"]?.text
        sampleStartedAt = sample["StartDateTime"]?.time.flatMap { $0.utcOffsetMinutes == nil ? nil : $0.instant }
        gridType = sample["GridType"]?.text
        gridGeometry = sample["GridGeometry"]?.text
        carrierKind = sample["SpecimenCarrierKind"]?.text
        carrierType = sample["SpecimenCarrierType"]?.text
        nominalHoleSizeUm = sample["HoleSize"]?.positive(times: 1e6)
        nominalHoleSpacingUm = sample["HoleSpacing"]?.positive(times: 1e6)
        if let holes = sample["FilterHolesSettings"] {
            holeSizeUm = holes["HoleSize"]?.positive(times: 1e6)
            holeSpacingUm = holes["HoleSpacing"]?.positive(times: 1e6)
            holeRotationDeg = holes["Rotation"]?.number(times: 180 / .pi)
            iceMinIntensity = holes["MinimumIntensity"]?.number
            iceMaxIntensity = holes["MaximumIntensity"]?.number
        }
        let settings = sample["MicroscopeSettings"]
        for entry in (settings?["KeyValuePairs"] ?? settings)?.children ?? .empty {
            guard let name = entry["key"]?.text, let value = entry["value"] else { continue }
            presets.append(Preset(name, value))
        }
        for entry in sample["GridSquares"]?["m_serializationArray"]?.children ?? .empty {
            guard let number = entry["key"]?.integer else { continue }
            gridSquares.append(GridSquareEntry(gridSquare: number, metadataName: entry["value"]?["FileName"]?.text))
        }
        let holeBinning = presets.first { $0.name == "Hole" }?.camera?.binning
        template = sample["TargetAreaTemplate"].map { AreaTemplate($0, holeBinning: holeBinning) }
    }
}

extension SessionMetadata.Preset {
    fileprivate init(_ name: String, _ value: XMLElement) {
        self.init(name: name)
        camera = value["Acquisition"]?["camera"].map { CameraMetadata($0) }
        guard let optics = value["Optics"] else { return }
        magnificationIndex = optics["TemMagnification"]?["NominalMagnification"]?.integer
        spotIndex = optics["SpotIndex"]?.integer
        probeMode = optics["ProbeMode"]?.text
        lensMode = optics["ObjectiveLensMode"]?.text
        beamDiameterUm = optics["BeamDiameter"]?.positive(times: 1e6)
        beamShift = optics["BeamShift"]?.pair("_x", "_y")
        imageShift = optics["ImageShift"]?.pair("_x", "_y")
        defocusUm = optics["Defocus"]?.number(times: 1e6)
        c2ApertureUm = optics["Apertures"]?["C2Aperture"]?["Diameter"]?.number
        eftem = optics["EFTEMOn"]?.flag
        slitInserted = optics["EnergyFilter"]?["EnergySelectionSlitInserted"]?.flag
        slitWidthEV = optics["EnergyFilter"]?["EnergySelectionSlitWidth"]?.number
    }
}
