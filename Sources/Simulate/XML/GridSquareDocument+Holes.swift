import EPUCore

/// The holes of a grid square's .dm: where EPU found each, and what was shot in it.
extension GridSquareDocument {
    func targets(_ ids: inout SerializedIDs) -> String {
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
}
