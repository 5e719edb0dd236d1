/// How one version of EPU names its files and what it writes into them, where versions differ.
struct EPUFormat: Sendable {
    /// Keys of an image's CustomData. A key that its camera or its kind of image does not have is left out.
    enum CustomKey: Sendable {
        case doseOnCamera
        case apertures
        case stemMagnification
        case flashTime
        case detector
        case doseRate
        case illuminationIntensity
        case beamCurrent
        case dose
        case phasePlateUsed
        case detectorName
        case detectorProduct
        case foundHole
        case appliedDefocus
    }

    /// Keys of an image's CameraSpecificInput; those of the Ceta come in a pair.
    enum CameraKey: Sendable {
        case alignment
        case superResolution
        case fractionation
        case counting
        case definedShutter
        case ceta
        case readoutArea
        case compression
    }

    /// Elements that some versions write and others do not.
    enum Element: Sendable {
        // These are elements of an image.
        case apertures
        case cameraReadoutArea
        case gunSettings
        case xlMode
        // These are elements of EpuSession.dm.
        case autoFocus
        case autoloaderDescription
        case autoloaderSlot
        case clustering
        case gridGeometry
        case gridType
        case iceThickness
        case nominalHoles
        case skipGridSquare
        case smartFoilHoles
        case smartGridSquares
        case smartHoleSelection
        case templatePixelSize
        case tilt
        case zeroLoss
    }

    /// Settings of the hole finder, in EpuSession.dm.
    enum HoleFilter: Sendable {
        case holes
        case calibration
        case intensities
        case rotation
    }

    /// How EpuSession.dm holds the settings of a template's area.
    enum AreaSettings: Sendable {
        /// The area has a list of one setting, which has its own list of defoci.
        case listed
        /// The area has one setting, which has its own list of defoci.
        case single
        /// Each area has one setting; that of the first area has the defoci, and the others refer to them.
        case sharedDefoci
    }

    /// The name of the program, as an image's `core` has it.
    let application: String
    let softwareVersion: String
    let persistence: PersistenceTypes
    /// The version of EpuSession.dm's schema, which is not EPU's version.
    let schemaVersion: (major: Int, minor: Int)
    /// Whether times in names are HHMMSS, or only HHMM.
    let namesSeconds: Bool
    /// The difference between an area's id and the id of its acquisition setting.
    let settingStep: Int
    /// Whether the third number of a Data name is the rank of its hole in the cluster, if there are clusters; if not, it
    /// is the id of the acquisition setting.
    let namesRank: Bool
    /// The keys that an image's CustomData has, in the file's order.
    let customData: [CustomKey]
    let cameraInput: [CameraKey]
    /// The type of whole numbers in dictionaries.
    let integerType: String
    /// The C2 strength as text; 0 where EPU does not record it.
    let intensity: String
    let holeFilter: [HoleFilter]
    let areaSettings: AreaSettings
    /// The kind of the foil; nil where the name of its type is not written either.
    let carrierKind: String?
    let elements: Set<Element>

    func has(_ element: Element) -> Bool { elements.contains(element) }
}

/// Names of the types in .dm files. The suffix of a pair's name is made by .NET from the namespaces of its parts.
struct PersistenceTypes: Sendable {
    /// The part of the names of types before `Applications.Epu`.
    let prefix: String
    let version: String
    /// The suffix of the names of pairs that hold one of these types.
    let pairSuffix: String
    let gridSquareReference: String
    let presetPair: String

    var assembly: String { prefix + "Applications.Epu.Persistence" }
    var namespace: String { "http://schemas.datacontract.org/2004/07/" + assembly }
    private var identity: String { "Version=\(version), Culture=neutral, PublicKeyToken=null" }

    /// The type's name and its assembly, in one text.
    func qualified(_ type: String) -> String { "\(assembly).\(type), \(assembly), \(identity)" }

    var presetKey: String {
        let datamodel = prefix + "Applications.Epu.Datamodel"
        return "\(datamodel).ExperimentSettingsId, \(datamodel), \(identity)"
    }

    /// The attributes that name the type of an element.
    func attributes(_ type: String) -> String {
        "z:Type=\"\(assembly).\(type)\" z:Assembly=\"\(assembly), \(identity)\""
    }

    func pair(_ type: String) -> String { "KeyValuePairOfint\(type)\(pairSuffix)" }

    /// The names of types up to EPU 1.3.
    static func fei(_ version: String) -> PersistenceTypes {
        PersistenceTypes(
            prefix: "Fei.", version: version, pairSuffix: "iX7UYjaE",
            gridSquareReference: "KeyValuePairOfintSerializedReferenceOfGridSquareXmll_PSCABAtm6koiAE_P",
            presetPair: "KeyValuePairOfExperimentSettingsIdMicroscopeSettingsInW9GG2w")
    }

    static func thermo(_ version: String) -> PersistenceTypes {
        PersistenceTypes(
            prefix: "", version: version, pairSuffix: "BpEWF4JT",
            gridSquareReference: "KeyValuePairOfintSerializedReferenceOfGridSquareXml_PsqDC3X0m6koiAE_P",
            presetPair: "KeyValuePairOfExperimentSettingsIdMicroscopeSettingsCG2rZ1D8")
    }
}
