import EPUCore

/// `Metadata/GridSquare_<id>.dm`: a grid square with every hole that EPU found in it, and what was shot so far.
struct GridSquareDocument {
    private let options: SimulationOptions
    private let style: InstrumentStyle
    let model: SimulationModel
    let session: SimulatedSession
    let square: GridSquare
    /// The square's id in this session.
    let squareID: Int
    private let squareIndex: Int
    let names: SessionNames
    private let image: SquareImage?
    /// The exposures of each hole that has been shot or centred on, by the index of the hole.
    private let exposures: [Int: [Int]]
    private let holeImages: [Int: HoleImage]
    private let primaries: [Int: Int]
    private let offset: Vector2
    var types: PersistenceTypes { style.format.persistence }

    /// - Parameters:
    ///   - exposures: The exposures in the square so far.
    ///   - holeImages: The hole images in the square so far, in the order of time.
    init(
        square squareIndex: Int, session: SimulatedSession, model: SimulationModel, options: SimulationOptions,
        names: SessionNames, exposures: some Sequence<Int>, holeImages: [HoleImage]
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

    /// The place on the session's stage, um, for which EPU takes a place on the specimen at this magnification: it has a
    /// scale error about the middle of the square, an offset, and the rounding of the hole finder.
    private func mapped(_ position: Vector2, hole: Int) -> Vector2 {
        let fromCentre = position - square.centre
        return session.frame.stagePosition(
            of: square.centre + (1 + options.holeMapScaleError) * fromCentre + offset + finderError(hole))
    }

    /// The error of the hole finder, um at the image's scale.
    private func finderError(_ hole: Int) -> Vector2 {
        var random = RandomSource(
            seed: options.seed, stream: "hole finder \(session.index)", index: squareIndex << 32 + hole)
        return random.vector(rms: 0.06)
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

    private func targets(_ ids: inout SerializedIDs) -> String {
        let collection = "\(ids.attribute()) \(types.attributes("FoilHoleCollectionXml"))"
        let efficient = "\(ids.attribute()) \(declaration("a", Namespace.arrays))"
        let comparer = "<a:m_comparer \(ids.attribute()) \(integerComparerType)/>"
        let array =
            "\(ids.attribute()) z:Size=\"\(square.holes.count)\" \(declaration("b", Namespace.generic))"
        // The first dictionary and the first list are written out; later ones refer to their parts.
        var shared = SharedParts()
        let numbers = session.holeNumbers[squareIndex]
        let holes = square.holes.indices.sorted { numbers[$0] < numbers[$1] }.map { hole in
            element(
                "b:" + types.pair("TargetLocationXml"), "",
                element("b:key", "", String(session.holeID(square: squareIndex, hole: hole)))
                    + target(hole, &ids, &shared))
        }
        return element(
            "TargetLocations", collection,
            identity(session.firstID + 9) + element("GridSquareId", "", String(squareID))
                + nilElement("TargetLocations", declaration("a", Namespace.arrays))
                + element(
                    "TargetLocationsEfficient", efficient,
                    comparer + element("a:m_keyRehashCount", "", "0")
                        + element("a:m_serializationArray", array, holes.joined())
                        + element("a:m_serializationCapacity", "", "1117")
                        + element("a:m_serializationConcurrencyLevel", "", "12")))
    }

    private func target(_ hole: Int, _ ids: inout SerializedIDs, _ shared: inout SharedParts) -> String {
        let foilHole = square.holes[hole]
        let shot = exposures[hole] ?? []
        let image = holeImages[hole]
        var random = RandomSource(
            seed: options.seed, stream: "ice \(session.index)", index: squareIndex << 32 + hole)
        let base = image.map { names.base(of: $0, session: session) }
        let value = ids.attribute()
        var text = identity(session.holeID(square: squareIndex, hole: hole)) + nilElement("BeamShiftId")
        text += stageElement("CorrectedStagePosition", ["0", "0", "0", "0", "0"], prefix: "c")
        let brightness = foilHole.isNearGridBar ? 60.0 : foilHole.isRejected ? 380 : 705
        text += element(
            "FilterProperties", ids.attribute(),
            element("PixelIntensityMean", "", epuNumber(brightness + random.normal(14)))
                + element("PixelIntensityStDev", "", epuNumber(22 + random.normal(4))))
        if let base {
            let path =
                "\(names.windowsPath(of: session))\\\(names.squareFolder(squareIndex, of: session).replacing("/", with: "\\"))"
            text += element("FoilHoleImagePath", ids.attribute(), "\(path)\\FoilHoles\\\(base).mrc".escapedForXML)
        } else {
            text += nilElement("FoilHoleImagePath")
        }
        text += element("GridSquareId", "", String(squareID))
        if let base {
            text += imageElement(base, &ids, prefix: "c") + element("ImageFolderName", ids.attribute(), "Images-Disc1")
        } else {
            text += nilElement("Image", declaration("c", Namespace.applicationTypes)) + nilElement("ImageFolderName")
        }
        text += element("IsNearGridBar", "", foilHole.isNearGridBar ? "true" : "false")
        let refined = options.refinedHoles ? image?.stage : nil
        text += ["IsPositionCorrected", "IsPositionRefined"]
            .map { element($0, "", refined == nil ? "false" : "true") }.joined()
        text +=
            nilElement("IsRecommendedSelection") + element("Order", "", String(session.holeNumbers[squareIndex][hole]))
        text += acquisitions(shot, &ids, &shared) + place(of: hole)
        text += nilElement("PositionInCluster", declaration("c", Namespace.drawing))
        text +=
            primaries[hole].map {
                element("PrimaryId", "", String(session.holeID(square: squareIndex, hole: $0)))
            } ?? nilElement("PrimaryId")
        text += element("Quality", "", "1") + element("Rotation", "", "0")
        text += secondaries(&ids, &shared)
        text += element("Selected", "", foilHole.isRejected ? "false" : "true") + element("Shear", "", "0")
        text += nilElement("SmartIceThicknessResult")
        text += stagePosition(
            "StagePosition", refined ?? mapped(foilHole.position, hole: hole), prefix: "c", isExact: true)
        text += element("State", "", state(of: hole, shot: shot.count))
        return element("b:value", value, text)
    }

    private func state(of hole: Int, shot: Int) -> String {
        shot == 0 ? "Defined" : shot < options.areas ? "InProgress" : "Completed"
    }

    /// The place where the hole was found in the grid square image, from which EPU computes its stage position.
    private func place(of hole: Int) -> String {
        let pixels = style.square.pixels(
            ofStageOffset: session.frame.stageOffset(
                of: square.holes[hole].position - square.centre
                    + 1 / (1 + options.holeMapScaleError) * finderError(hole)))
        let centre = Vector2(
            ((Double(style.square.width) / 2 + pixels.x) * 100).rounded() / 100,
            ((Double(style.square.height) / 2 + pixels.y) * 100).rounded() / 100)
        let size = epuNumber((options.holeSize * 1e-6 / style.square.pixelSize * 1e4).rounded() / 1e4)
        let namespace = declaration("c", Namespace.drawing)
        return element("PixelCenter", namespace, coordinates(centre, prefix: "c"))
            + element(
                "PixelWidthHeight", namespace, element("c:height", "", size) + element("c:width", "", size))
    }

    // MARK: - Small elements

    private func imageElement(_ base: String, _ ids: inout SerializedIDs, prefix: String) -> String {
        let image = "\(ids.attribute()) \(declaration(prefix, Namespace.applicationTypes))"
        return element(
            "Image", image,
            element("\(prefix):BaseFileName", ids.attribute(), base) + element("\(prefix):FileFormat", "", "Mrc"))
    }

    private func coordinates(_ point: Vector2, prefix: String) -> String {
        element("\(prefix):x", "", epuNumber(point.x)) + element("\(prefix):y", "", epuNumber(point.y))
    }

    /// - Parameter isExact: Whether the tilts are those of the stage; the square's own position has none.
    private func stagePosition(_ name: String, _ position: Vector2, prefix: String, isExact: Bool) -> String {
        stageElement(
            name,
            [
                isExact ? options.stageAlpha(untilted: "-0.00023951923150003149") : "0", isExact ? "0.0167836925" : "0",
                epuNumber(position.x * 1e-6), epuNumber(position.y * 1e-6), "8.5710844035200026E-05",
            ], prefix: prefix)
    }

    private func stageElement(_ name: String, _ values: [String], prefix: String) -> String {
        element(
            name, declaration(prefix, Namespace.sharedObjects),
            zip(["A", "B", "X", "Y", "Z"], values).map { element("\(prefix):\($0)", "", $1) }.joined())
    }
}
