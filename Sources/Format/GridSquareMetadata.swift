public import EPUCore

/// What `Metadata/GridSquare_<id>.dm` says of a square; lengths are um. Its foil holes come one by one.
public struct GridSquareMetadata: Sendable {
    public var gridSquare: Int64
    public var position: Vector2?
    public var positionZUm: Double?
    public var state: String?
    public var selected: Int64?
    public var unusable: Int64?
    public var acquisitionOrder: Int64?
    /// The pitch of the foil as EPU found it in this square, um.
    public var holeSpacingUm: Double?
    /// The angle of the foil's lattice in the stage frame, degrees.
    public var rotationDeg: Double?
    public var imageName: String?
    /// The outline of the square in its image, pixels.
    public var shapePx: [Vector2] = []
}

/// A foil hole of a `GridSquare_<id>.dm`, whether it was exposed or not.
public struct FoilHoleMetadata: Sendable {
    public let foilHole: Int64
    public var gridSquare: Int64?
    /// The position of the hole's centre on the stage, um. EPU computes it from the square's image, with
    /// low-magnification accuracy; where `positionRefined` is 1, it is where the hole was found when it was centred.
    public var stage: Vector2?
    public var stageZUm: Double?
    public var stageAlphaDeg: Double?
    public var stageBetaDeg: Double?
    /// The position that EPU corrected, um; nil where it corrected none.
    public var corrected: Vector2?
    /// 1 if EPU says that it corrected the position, perhaps by writing over `stage`.
    public var positionCorrected: Int64?
    /// 1 if EPU wrote over `stage` with the place where the hole was found (EPU 3.16).
    public var positionRefined: Int64?
    /// The place of the hole in the square's image, pixels.
    public var pixel: Vector2?
    /// The size of the hole in the square's image, pixels.
    public var widthPx: Double?
    public var heightPx: Double?
    public var state: String?
    public var selected: Int64?
    public var nearGridBar: Int64?
    public var acquisitionOrder: Int64?
    public var quality: Double?
    public var positionInCluster: Vector2?
    public var beamShiftID: String?
    /// The hole at which the stage stops for this one.
    public var primaryHole: Int64?
    /// The mean of the ice's intensity, counts in the square's image; `iceIntensityStDev` is its standard deviation.
    public var iceIntensityMean: Double?
    public var iceIntensityStDev: Double?
    public var iceThickness: Double?
    public var imageName: String?
    public var exposures: [PlannedExposure] = []

    /// An exposure that EPU planned or made in the hole: an entry of ParticleAcquisitions.
    public struct PlannedExposure: Sendable {
        public let acquisition: Int64
        public var area: Int64?
        public var acquisitionSetting: Int64?
        /// The base name of the Data files; nil where the exposure was not made.
        public var name: String?
    }
}

extension GridSquareMetadata {
    /// Where the foil holes are, for an `XMLReader`; the root of the document then has all else.
    ///
    /// On regular foil they are in TargetLocations/TargetLocationsEfficient, on lacey in TargetLocations/TargetLocations.
    /// - Parameter forgets: Whether each hole is forgotten once it was read, for files that would not fit into memory.
    public static func holes(forgets: Bool) -> XMLReader.Stream {
        XMLReader.Stream(
            container: "m_serializationArray", parents: ["TargetLocationsEfficient", "TargetLocations"],
            forgets: forgets)
    }

    /// Whether a square's document has foil holes somewhere below TargetLocations, in whatever form: where none was read,
    /// EPU writes them in a form that is not known here.
    public static func listsHoles(_ root: XMLElement) -> Bool {
        // TargetLocations, the collection, its array, a pair, its value.
        root["TargetLocations"].map { hasStagePosition($0, levels: 5) } ?? false
    }

    /// - Parameter levels: How deep to look, as elements may refer to those that they are in.
    private static func hasStagePosition(_ element: XMLElement, levels: Int) -> Bool {
        element.children.contains { child in
            child.isNamed("StagePosition") || levels > 0 && hasStagePosition(child, levels: levels - 1)
        }
    }

    /// - Throws: `Unusable` where the document is not that of a grid square.
    public init(_ root: XMLElement) throws(Unusable) {
        guard root.isNamed("GridSquareXml") else {
            throw Unusable(status: .malformed, reason: "its root is <\(root.name)>, not <GridSquareXml>")
        }
        guard let id = root["Id"]?.integer else {
            throw Unusable(status: .incomplete, reason: "it has no Id of a grid square")
        }
        self.init(gridSquare: id)
        position = root["Position"]?.pair("X", "Y", times: 1e6)
        positionZUm = root["Position"]?["Z"]?.number(times: 1e6)
        state = root["State"]?.text
        selected = root["Selected"]?.flag
        unusable = root["Unusable"]?.flag
        acquisitionOrder = root["Order"]?.integer
        holeSpacingUm = root["HoleSpacing"]?.positive(times: 1e6)
        rotationDeg = root["Rotation"]?.number(times: 180 / .pi)
        imageName = root["Image"]?["BaseFileName"]?.text
        shapePx = root["GridSquareShape"]?["vertices"]?.entries.compactMap { $0.pair("x", "y") } ?? []
    }
}

extension FoilHoleMetadata {
    /// Reads a hole; nil where the element is no foil hole, or only names the file that describes it.
    /// - Parameter entry: A child of the dictionary's array, with `key` and `value`.
    public init?(_ entry: XMLElement) {
        guard let hole = entry["value"], hole["FileName"] == nil,
            let id = hole["Id"]?.integer ?? entry["key"]?.integer
        else { return nil }
        self.init(id, hole)
    }

    /// Reads a hole's own file, `TargetLocation_<hole>.dm`, which EPU wrote before version 2.
    /// - Parameter foilHole: The hole's id as in the file's name, which the names of its images have, too.
    /// - Throws: `Unusable` where the document names no place on the stage.
    public init(_ root: XMLElement, named foilHole: Int64) throws(Unusable) {
        self.init(foilHole, root)
        guard stage != nil else {
            throw Unusable(status: .incomplete, reason: "it has no stage position of a foil hole (StagePosition/X, Y)")
        }
    }

    private init(_ id: Int64, _ hole: XMLElement) {
        self.init(foilHole: id)
        gridSquare = hole["GridSquareId"]?.integer
        if let position = hole["StagePosition"] {
            stage = position.pair("X", "Y", times: 1e6)
            stageZUm = position["Z"]?.number(times: 1e6)
            stageAlphaDeg = position["A"]?.number(times: 180 / .pi)
            stageBetaDeg = position["B"]?.number(times: 180 / .pi)
        }
        positionCorrected = hole["IsPositionCorrected"]?.flag
        positionRefined = hole["IsPositionRefined"]?.flag
        // EPU writes zeros until it has corrected it; flags are set where it refined the stage position instead.
        if positionCorrected == 1, let place = hole["CorrectedStagePosition"]?.pair("X", "Y", times: 1e6) {
            corrected = place == .zero ? nil : place
        }
        pixel = hole["PixelCenter"]?.pair("x", "y")
        widthPx = hole["PixelWidthHeight"]?["width"]?.number
        heightPx = hole["PixelWidthHeight"]?["height"]?.number
        state = hole["State"]?.text
        selected = hole["Selected"]?.flag
        nearGridBar = hole["IsNearGridBar"]?.flag
        acquisitionOrder = hole["Order"]?.integer
        quality = hole["Quality"]?.number
        positionInCluster = hole["PositionInCluster"]?.pair("x", "y")
        beamShiftID = hole["BeamShiftId"]?.text
        primaryHole = hole["PrimaryId"]?.integer
        iceIntensityMean = hole["FilterProperties"]?["PixelIntensityMean"]?.number
        iceIntensityStDev = hole["FilterProperties"]?["PixelIntensityStDev"]?.number
        iceThickness = hole["SmartIceThicknessResult"]?.number
        imageName = hole["Image"]?["BaseFileName"]?.text
        for entry in hole["ParticleAcquisitions"]?["KeyValuePairs"]?.children ?? .empty {
            guard let value = entry["value"], let id = value["Id"]?.integer ?? entry["key"]?.integer else { continue }
            exposures.append(
                PlannedExposure(
                    acquisition: id, area: value["DataAcquisitionAreaId"]?.integer,
                    acquisitionSetting: value["ImageAcquisitionSettingId"]?.integer,
                    name: value["Image"]?["BaseFileName"]?.text))
        }
    }
}
