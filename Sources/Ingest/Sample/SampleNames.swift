import EPUCore
import EPUFormat

/// The names that files, folders and things have in a sample.
struct SampleNames: Sendable {
    let numbers: SampleNumbers
    let texts: SampleTexts
    let clock: SampleClock
    let offsets: [SampleOffsets]
    /// The names that the sessions have, by which the sample's names are found.
    let sessionNames: [String]

    init(_ survey: SampleSurvey) {
        numbers = SampleNumbers(survey.ids)
        texts = survey.texts
        clock = survey.clock
        offsets = survey.offsets
        sessionNames = survey.sessionNames
    }

    // MARK: - Names of images

    /// The base name in place of another; of a text that is none, only that it is there.
    func base(_ base: String, session: Int) -> String {
        let time = clock.nameTime(base, offset: offsets[session][base])
        if let (name, _) = ExposureName.parse(base) {
            return "FoilHole_\(numbers[name.foilHole])_Data_\(numbers[name.area])_\(numbers[name.thirdNumber])_\(time)"
        }
        if let (name, _) = HoleImageName.parse(base) { return "FoilHole_\(numbers[name.foilHole])_\(time)" }
        return GridSquareImageName.parse(base) == nil ? "name" : "GridSquare_\(time)"
    }

    /// A base name within a document; it may have words before it, or a suffix, which are left out.
    func baseInText(_ text: String, session: Int) -> String {
        let found =
            ExposureName.parse(text)?.name.base ?? HoleImageName.parse(text)?.name.base
            ?? GridSquareImageName.parse(text)?.name.base
        return found.map { base($0, session: session) } ?? "name"
    }

    /// The path of a square's .dm in EpuSession.dm, with the microscope's backslashes.
    func squareFile(_ text: String) -> String {
        let file = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        guard let (number, rest) = gridSquareNumber(of: file), rest == ".dm" else { return "name" }
        return "Metadata\\GridSquare_\(numbers[number]).dm"
    }

    // MARK: - Files and folders

    /// The name of a file whose kind is read; nil for others.
    func file(_ file: SourceFile, session: Int) -> String? {
        let name = file.name
        let own = name.fileName
        switch name.kind {
        case .session: return own
        case .holeMap:
            guard let start = own.ranges(of: "GridSquare_").last?.lowerBound,
                let number = gridSquareNumber(of: own[start...])?.number
            else { return nil }
            let before = String(own[..<start])
            return (before.isEmpty ? "" : "file_") + "GridSquare_\(numbers[number]).dm"
        case .foilHole: return targetLocationNumber(of: own).map { "TargetLocation_\(numbers[$0.number]).dm" }
        case .exposure, .hole, .gridSquare: return prefix(name) + base(name.stem, session: session) + ".xml"
        case .exposureImage, .holeImage, .gridSquareImage:
            return prefix(name) + base(name.stem, session: session) + ".jpg"
        case .exposureTwin: return prefix(name) + base(name.stem, session: session) + MovieName.description
        case .movie:
            return prefix(name) + base(name.stem, session: session)
                + movieEnd(own, prefix: name.prefix, stem: name.stem)
        case .folder, .other: return nil
        }
    }

    /// What people wrote before EPU's name, as far as it tells the square.
    private func prefix(_ name: SourceName) -> String {
        guard !name.prefix.isEmpty else { return "" }
        return texts(name.prefix, .prefix) + "_" + (name.gridSquare.map { "GridSquare_\(numbers[$0])_" } ?? "")
    }

    /// The end of a movie's name, as its camera writes it: other words before the suffix are left out.
    private func movieEnd(_ own: String, prefix: String, stem: String) -> String {
        let rest = String(Substring(own.utf8.dropFirst(prefix.utf8.count + stem.utf8.count)))
        if rest.wholeMatch(of: /(_fractions|_Fractions|_EER|-[0-9]{1,6})?\.[A-Za-z]{3,4}(\.[a-z0-9]{2,3})?/) != nil {
            return rest
        }
        let suffixes = rest.split(separator: ".").suffix(MovieName(rest.lowercased())?.isCompressed == true ? 2 : 1)
        return "_other." + suffixes.joined(separator: ".")
    }

    /// Whether a folder's name only says what is in it.
    static func keepsFolder(_ name: some StringProtocol) -> Bool {
        name == "Data" || name == "FoilHoles" || name == SessionFolder.metadataFolder
            || SessionFolder.isImagesFolder(name) && name.utf8.count <= 13
    }

    /// The path of a folder within its session.
    func folder(_ path: String) -> String {
        path.pathParts.map { part in
            if let (number, rest) = gridSquareNumber(of: part), rest.isEmpty { return "GridSquare_\(numbers[number])" }
            return Self.keepsFolder(part) ? String(part) : texts(String(part), .folder)
        }.joined(separator: "/")
    }

    // MARK: - Words

    func camera(_ name: String) -> String {
        SampleWords.keepsCamera(name) ? name : SampleWords.cameraFamily(name) + texts(name, .camera)
    }

    func model(_ name: String) -> String {
        (name.lowercased().contains("tundra") ? "tundra-" : "") + texts(name, .model)
    }

    func word(_ text: String) -> String { SampleWords.keeps(text) ? text : texts(text, .word) }
}
