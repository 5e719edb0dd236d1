import EPUCore
import EPUFormat
import Testing

@Suite("Collections in each form that EPU writes")
struct CollectionFormTests {
    private func session(sample: String) throws -> SessionMetadata {
        try Documents.session(
            "<EpuSessionXml xmlns:i='i'><Samples><_items><SampleXml>\(sample)</SampleXml><SampleXml i:nil='true'/></_items>"
                + "<_size>1</_size><_version>1</_version></Samples></EpuSessionXml>")
    }

    /// Of the only area.
    private func defoci(_ defocus: String) throws -> [Double]? {
        try session(
            sample: "<TargetAreaTemplate><DataAcquisitionAreas><m_serializationArray><e><key>3</key><value>"
                + "<ImageAcquisitionSettings><_items><ImageAcquisitionSettingXml>\(defocus)</ImageAcquisitionSettingXml>"
                + "<ImageAcquisitionSettingXml i:nil='true'/></_items><_size>1</_size></ImageAcquisitionSettings>"
                + "</value></e></m_serializationArray></DataAcquisitionAreas></TargetAreaTemplate>"
        ).template?.areas.first?.defociUm
    }

    @Test(
        "Defoci are an array, the first entries of a list, or one number",
        arguments: [
            ("<Defocus><double>-2E-06</double><double>-1E-06</double></Defocus>", [-2, -1]),
            (
                "<Defocus><_items><double>-2E-06</double><double>-1E-06</double><double>0</double><double>0</double></_items>"
                    + "<_size>2</_size><_version>8</_version></Defocus>", [-2, -1]
            ),
            // A defocus of 0 counts where the list says so.
            ("<Defocus><_items><double>-2E-06</double><double>0</double></_items><_size>2</_size></Defocus>", [-2, 0]),
            ("<Defocus><_items><double>0</double></_items><_size>0</_size><_version>0</_version></Defocus>", []),
            ("<Defocus><_items><double>-2E-06</double></_items><_size>-1</_size></Defocus>", []),
            ("<Defocus><_items><double>-2E-06</double></_items><_size>9</_size></Defocus>", [-2]),
            ("<Defocus><_items><double>-2E-06</double></_items></Defocus>", [-2]),
            ("<Defocus>-2E-06</Defocus>", [-2]), ("<Defocus/>", []),
        ] as [(String, [Double])])
    func defocusForms(text: String, expected: [Double]) throws {
        let found = try #require(try defoci(text))
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-9) }
    }

    @Test("A list that repeats the items of another one has its own size")
    func repeatedItems() throws {
        let area = "<value><ImageAcquisitionSettingXml><Defocus>"
        let end = "</Defocus></ImageAcquisitionSettingXml></value></e>"
        let session = try session(
            sample: "<TargetAreaTemplate><DataAcquisitionAreas><m_serializationArray>"
                + "<e><key>3</key>\(area)<_items z:Id='9'><double>1</double><double>2</double></_items><_size>2</_size>\(end)"
                + "<e><key>4</key>\(area)<_items z:Ref='9' i:nil='true'/><_size>1</_size>\(end)"
                + "</m_serializationArray></DataAcquisitionAreas></TargetAreaTemplate>")
        #expect(session.template?.areas.map(\.defociUm) == [[1e6, 2e6], [1e6]])
    }

    @Test("Dose fractions of a preset are counted in both forms, without what a list is padded with")
    func fractions() throws {
        let part = "<anyType><EndFrameNumber>7</EndFrameNumber><StartFrameNumber>1</StartFrameNumber></anyType>"
        let rest = "<anyType><EndFrameNumber>20</EndFrameNumber><StartFrameNumber>8</StartFrameNumber></anyType>"
        let list = "<_items>\(part)\(rest)<anyType i:nil='true'/><anyType i:nil='true'/></_items><_size>2</_size>"
        for form in [part + rest, list + "<_version>2</_version>"] {
            let session = try session(
                sample: "<MicroscopeSettings><KeyValuePairs><e><key>Acquisition</key><value><Acquisition><camera>"
                    + "<CameraSpecificInput><KeyValuePairs><e><key>FractionationSettings</key>"
                    + "<value z:Type='A.VaridistantFractionation'><DoseFractions>\(form)</DoseFractions></value></e>"
                    + "</KeyValuePairs></CameraSpecificInput></camera></Acquisition></value></e></KeyValuePairs>"
                    + "</MicroscopeSettings>")
            let camera = try #require(session.presets.first?.camera)
            #expect(camera.fractionation == "Varidistant")
            #expect(camera.fractions == 2)
            #expect(camera.cameraFrames == 20)
        }
    }

    // MARK: - Foil holes

    private static let pair =
        "<p><key>5</key><value><Id>5</Id><StagePosition><X>1E-4</X><Y>2E-4</Y></StagePosition></value></p>"

    private func square(_ collection: String) -> String {
        "<GridSquareXml xmlns:i='i'><Id>7</Id><TargetLocations><Id>1</Id><GridSquareId>7</GridSquareId>\(collection)"
            + "</TargetLocations></GridSquareXml>"
    }

    @Test("Holes of regular and of lacey foil are read, whatever the other collection is", arguments: [false, true])
    func holes(forgets: Bool) throws {
        let array = "<m_serializationArray>\(Self.pair)</m_serializationArray>"
        for collections in [
            "<TargetLocations i:nil='true'/><TargetLocationsEfficient>\(array)</TargetLocationsEfficient>",
            "<TargetLocations>\(array)</TargetLocations>",
            "<TargetLocations>\(array)</TargetLocations><TargetLocationsEfficient i:nil='true'/>",
        ] {
            let map = try Documents.holeMap(square(collections), forgets: forgets)
            #expect(map.holes.map(\.foilHole) == [5])
            #expect(map.holes.first?.stage.map { $0.distance(to: Vector2(100, 200)) < 1e-9 } == true)
        }
    }

    @Test(
        "A square that lists its holes in an unknown form can be told from one without holes",
        arguments: [
            ("<TargetLocations><_items>\(pair)</_items></TargetLocations>", true),
            ("<TargetLocationsNew><a><b>\(pair)</b></a></TargetLocationsNew>", true),
            ("<TargetLocations i:nil='true'/>", false), ("", false),
            ("<TargetLocationsEfficient><m_serializationArray/></TargetLocationsEfficient>", false),
            (
                "<TargetLocations><_items><v><FileName>TargetLocation_5.dm</FileName></v></_items></TargetLocations>",
                false
            ),
            ("<TargetLocations z:Id='4'><a z:Ref='4'/></TargetLocations>", false),
        ])
    func unknownForm(collections: String, isListed: Bool) throws {
        #expect(
            try Documents.read(Array(square(collections).utf8)) { root throws(Unusable) in
                GridSquareMetadata.listsHoles(root)
            } == isListed)
    }

    @Test("A hole's own file has what a square's has of it; its name says which hole it is")
    func ownFile() throws {
        let text =
            "<TargetLocationXml><Id>5</Id><GridSquareId>7</GridSquareId><StagePosition><X>1E-4</X><Y>-2E-4</Y></StagePosition>"
            + "<State>Completed</State></TargetLocationXml>"
        let hole = try Documents.read(Array(text.utf8)) { root throws(Unusable) in
            try FoilHoleMetadata(root, named: 6)
        }
        #expect(hole.foilHole == 6)
        #expect(hole.gridSquare == 7)
        #expect(try #require(hole.stage).distance(to: Vector2(100, -200)) < 1e-9)
        #expect(hole.state == "Completed")
        for text in ["<GridSquareXml><Id>7</Id></GridSquareXml>", "<a><StagePosition><X>1</X></StagePosition></a>"] {
            let refusal = Documents.refusal { () throws(Unusable) in
                _ = try Documents.read(Array(text.utf8)) { root throws(Unusable) in
                    try FoilHoleMetadata(root, named: 6)
                }
            }
            #expect(refusal?.status == .incomplete)
        }
    }

    @Test("Zeros are no corrected position, whatever the flag says")
    func corrected() throws {
        func hole(_ x: String, _ flag: String) throws -> FoilHoleMetadata? {
            let value =
                "<value><Id>5</Id><CorrectedStagePosition><X>\(x)</X><Y>0</Y></CorrectedStagePosition>"
                + "<IsPositionCorrected>\(flag)</IsPositionCorrected></value>"
            return try Documents.holeMap(
                square(
                    "<TargetLocations><m_serializationArray><p>\(value)</p></m_serializationArray></TargetLocations>")
            ).holes.first
        }
        #expect(try hole("0", "true")?.corrected == nil)
        #expect(try hole("0", "true")?.positionCorrected == 1)
        #expect(try hole("1E-6", "false")?.corrected == nil)
        #expect(try hole("1E-6", "true")?.corrected == Vector2(1, 0))
    }
}
