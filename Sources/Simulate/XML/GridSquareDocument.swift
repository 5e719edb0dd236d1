import EPUCore

/// `Metadata/GridSquare_<id>.dm`: a grid square with every hole that EPU found in it, and what was shot so far.
struct GridSquareDocument {
    let options: SimulationOptions
    let style: InstrumentStyle
    let model: SimulationModel
    let session: SimulatedSession
    let square: GridSquare
    /// The square's id in this session.
    let squareID: Int
    let squareIndex: Int
    let names: SessionNames
    private let image: SquareImage?
    /// The exposures of each hole that has been shot or centred on, by the index of the hole.
    let exposures: [Int: [Int]]
    let holeImages: [Int: SimulatedHoleImage]
    /// The hole in the middle of the stop from which each hole was shot, by the index of the hole.
    let primaries: [Int: Int]
    /// By how much the image is off the stage, um.
    let offset: Vector2
    var types: PersistenceTypes { style.format.persistence }

    /// - Parameters:
    ///   - exposures: The exposures in the square so far.
    ///   - holeImages: The hole images in the square so far, in the order of time.
    init(
        square squareIndex: Int, session: SimulatedSession, model: SimulationModel, options: SimulationOptions,
        names: SessionNames, exposures: some Sequence<Int>, holeImages: [SimulatedHoleImage]
    ) {
        self.options = options
        style = options.instrument
        self.model = model
        self.session = session
        self.squareIndex = squareIndex
        square = model.foil.squares[squareIndex]
        squareID = session.squareIDs[squareIndex]
        self.names = names
        image = session.squareImages.last { $0.square == squareIndex }
        self.exposures = Dictionary(grouping: exposures) { model.exposures[$0].hole }
        self.holeImages = Dictionary(holeImages.map { ($0.hole, $0) }) { $1 }
        primaries = Dictionary(
            exposures.map { (model.exposures[$0].hole, session.stops[model.exposures[$0].stop].centre) }
        ) { $1 }
        // The low magnification is not well aligned with the stage.
        var random = RandomSource(
            seed: options.seed, stream: "low magnification", index: session.index << 32 + squareIndex)
        offset = random.vector(rms: 0.2)
    }

    func text() -> String {
        var ids = SerializedIDs()
        let root = ids.attribute()
        return element(
            "GridSquareXml",
            "\(root) \(types.attributes("GridSquareXml")) xmlns=\"\(types.namespace)\" "
                + declaration("i", Namespace.instance) + " " + declaration("z", Namespace.serialization),
            head(&ids) + targets(&ids) + element("Unusable", "", "false"))
    }

    private func head(_ ids: inout SerializedIDs) -> String {
        let path =
            "\(names.windowsPath(of: session))\\\(names.squareFolder(squareIndex, of: session).replacing("/", with: "\\"))"
        let base = image.map { names.base(of: $0) } ?? ""
        var text = identity(squareID) + element("AtlasNodeId", "", String(squareID))
        text += element("AutoEucentricPerformed", "", "true")
        text += ["BalancedRank", "BeamCurrent", "CategoryName", "CategoryNumber"].map { nilElement($0) }.joined()
        text += element("GridSquareImagePath", ids.attribute(), "\(path)\\\(base).mrc".escapedForXML)
        text += shape(&ids) + nilElement("HolePositionCorrection")
        text += element(
            "HoleSpacing", "",
            epuNumber(options.pitch * (1 + square.distortion.stretch) * (1 + options.holeMapScaleError) * 1e-6))
        text += imageElement(base, &ids, prefix: "a")
        text += element("ImageFolderName", ids.attribute(), "Images-Disc1") + nilElement("IsRecommendedSelection")
        text += ["IsSmartFindHolesDecisionKnown", "IsSmartHoleDecisionKnown", "IsSmartIceThicknessDecisionKnown"]
            .map { element($0, "", "false") }.joined()
        text += element("Order", "", String(squareIndex))
        text += stagePosition("Position", session.frame.stagePosition(of: square.centre), prefix: "a", isExact: false)
        text += nilElement("RankInsideCategory")
        text += element("Rotation", "", epuNumber(session.foilAngle(options, square: square)))
        text += element("Selected", "", "true") + nilElement("StartDateTime")
        return text + element("State", "", "InProgress")
    }

    /// The outline of the square in the grid square image.
    private func shape(_ ids: inout SerializedIDs) -> String {
        let middle = Vector2(Double(style.square.width) / 2, Double(style.square.height) / 2)
        let edges = LatticeAxes(
            pitch: square.opening / 2, angleDegrees: options.foilAngleDegrees + 2.5, shear: 0, stretch: 0)
        let vertices = [(-1, -1), (1, -1), (1, 1), (-1, 1)].map { corner in
            let way = session.frame.stageOffset(of: edges.vector(LatticeSite(i: corner.0, j: corner.1)))
            return middle + style.square.pixels(ofStageOffset: way)
        }.map { corner in
            Vector2(
                min(max(corner.x.rounded(), 0), Double(style.square.width)),
                min(max(corner.y.rounded(), 0), Double(style.square.height)))
        }
        func bound(_ choose: ([Double]) -> Double?) -> Vector2 {
            Vector2(choose(vertices.map(\.x)) ?? 0, choose(vertices.map(\.y)) ?? 0)
        }
        let namespace = declaration("b", Namespace.drawing)
        let shapeID = ids.attribute()
        let points = vertices.map { element("b:PointF", "", coordinates($0, prefix: "b")) }.joined()
        return element(
            "GridSquareShape",
            shapeID + " "
                + declaration("a", "http://schemas.datacontract.org/2004/07/Applications.SciencesAppsShared.Types"),
            element("a:center", namespace, coordinates(middle, prefix: "b"))
                + element("a:max", namespace, coordinates(bound { $0.max() }, prefix: "b"))
                + element("a:min", namespace, coordinates(bound { $0.min() }, prefix: "b"))
                + element("a:vertices", "\(ids.attribute()) z:Size=\"\(vertices.count)\" \(namespace)", points))
    }

    // MARK: - Small elements

    func imageElement(_ base: String, _ ids: inout SerializedIDs, prefix: String) -> String {
        let image = "\(ids.attribute()) \(declaration(prefix, Namespace.applicationTypes))"
        return element(
            "Image", image,
            element("\(prefix):BaseFileName", ids.attribute(), base) + element("\(prefix):FileFormat", "", "Mrc"))
    }

    func coordinates(_ point: Vector2, prefix: String) -> String {
        element("\(prefix):x", "", epuNumber(point.x)) + element("\(prefix):y", "", epuNumber(point.y))
    }

    /// - Parameter isExact: Whether the tilts are those of the stage; the square's own position has none.
    func stagePosition(_ name: String, _ position: Vector2, prefix: String, isExact: Bool) -> String {
        stageElement(
            name,
            [
                isExact ? options.stageAlpha(untilted: "-0.00023951923150003149") : "0", isExact ? "0.0167836925" : "0",
                epuNumber(position.x * 1e-6), epuNumber(position.y * 1e-6), "8.5710844035200026E-05",
            ], prefix: prefix)
    }

    func stageElement(_ name: String, _ values: [String], prefix: String) -> String {
        element(
            name, declaration(prefix, Namespace.sharedObjects),
            zip(["A", "B", "X", "Y", "Z"], values).map { element("\(prefix):\($0)", "", $1) }.joined())
    }
}
