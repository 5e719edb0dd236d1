import EPUCore
import EPUFormat

/// The sessions that a sample is made of, with their files, of which several are read at once.
struct SampleSource: Sendable {
    let sessions: [SessionFolder]
    let selection: SampleSelection

    init(_ sessions: [SessionFolder], _ selection: SampleSelection) {
        self.sessions = sessions
        self.selection = selection
    }

    /// The number of files that a thread reads with one reader.
    private static let readSize = 8

    /// Makes something of the files that are taken, some hundred at a time, with parts of them in the hands of several threads.
    /// - Parameters:
    ///   - make: What is made of a part: called with the files and a reader of their own.
    ///   - take: Called with what was made of each part, in the order of the files.
    func forEach<Made: Sendable>(
        in session: Int, make: @escaping @Sendable (ArraySlice<SourceFile>, FileReader) -> Made,
        take: (Made) throws -> Void
    ) rethrows {
        var list = BatchList(folder: sessions[session], size: 256)
        var pace = ReadingPace(nil)
        while let found = list.next() {
            let files = found.filter { selection.takes($0, session: session) }
            let parts = (files.count + Self.readSize - 1) / Self.readSize
            let made = FileThreads.map(parts, threads: pace.jobs) { part in
                make(files[part * Self.readSize..<min(files.count, (part + 1) * Self.readSize)], FileReader())
            }
            for part in made { try take(part) }
            pace.look(files: found.count)
        }
    }

    func path(_ file: SourceFile, _ session: Int) -> String { sessions[session].path + "/" + file.path }

    /// Whether the file is one whose content is read: of several EpuSession.dm only one is.
    func isRead(_ file: SourceFile, _ session: Int) -> Bool {
        file.name.kind.isParsed && (file.name.kind != .session || file.path == sessions[session].sessionFile)
    }

    /// Goes through the files once, for all that must be known before the first is written.
    func survey() -> SampleNames {
        var survey = SampleSurvey(sessions: sessions.count)
        for (session, folder) in sessions.enumerated() where selection.takes(session: session) {
            forEach(in: session) { files, reader in
                // A part knows of its own session alone: else each would have something of all the others.
                let shared = SharedSurvey(SampleSurvey(sessions: 1))
                for file in files {
                    shared.survey.add(file)
                    // A file that cannot be read has nothing that would be written.
                    if isRead(file, session), file.obstacle == nil { try? self.survey(file, session, reader, shared) }
                }
                return shared.survey
            } take: {
                survey.add($0, ofSession: session)
            }
            if survey.sessionNames[session].isEmpty { survey.add(name: folder.name, ofSession: session) }
        }
        survey.settle()
        return SampleNames(survey)
    }

    /// - Parameter shared: The survey of a part of the session, which is its only one.
    private func survey(
        _ file: SourceFile, _ session: Int, _ reader: FileReader, _ shared: SharedSurvey
    ) throws(Unusable) {
        let path = path(file, session)
        if file.name.kind == .holeMap {
            return try reader.withHoleMap(
                path, each: { shared.survey.walk($0, "e", .holeEntry) },
                { root throws(Unusable) in shared.survey.walk(partsOf: root, SampleRule.gridSquare) })
        }
        try reader.withDocument(file.name.kind, path) { root throws(Unusable) in
            switch file.name.kind {
            case .session:
                shared.survey.walk(root, "e", .session)
                if let name = root["Name"]?.text { shared.survey.add(name: name, ofSession: 0) }
            case .foilHole: shared.survey.walk(root, "e", .hole)
            default:
                shared.survey.walk(root, "e", .image)
                shared.survey.add(try ImageMetadata(root), of: file, session: 0)
            }
        }
    }

    /// The text of a file's document as a sample has it.
    /// - Throws: `Unusable` where the file is none.
    func document(
        _ file: SourceFile, _ session: Int, _ names: SampleNames, _ reader: FileReader
    ) throws(Unusable) -> String {
        if let obstacle = file.obstacle { throw Unusable(status: .unreadable, reason: obstacle) }
        let path = path(file, session)
        var xml = SampleXML(names, session: session)
        if file.name.kind == .holeMap { return try holeMap(path, session, names, reader) }
        try reader.withDocument(file.name.kind, path) { root throws(Unusable) in
            let (name, rule) = Self.rule(of: file.name.kind)
            guard file.name.kind == .foilHole || root.name == name, case .parts(let rules) = rule else {
                throw Unusable(status: .malformed, reason: "its root is <\(root.name)>")
            }
            xml.document(root, name, rules)
        }
        return xml.text
    }

    private static func rule(of kind: SourceKind) -> (root: String, rule: SampleRule) {
        switch kind {
        case .session: ("EpuSessionXml", .session)
        case .foilHole: ("TargetLocationXml", .hole)
        default: ("MicroscopeImage", .image)
        }
    }

    private func holeMap(
        _ path: String, _ session: Int, _ names: SampleNames, _ reader: FileReader
    ) throws(Unusable) -> String {
        // Holes come before the root is known, and are forgotten then.
        var holes = SampleXML(names, session: session)
        var xml = holes
        let takeHole = { (hole: XMLElement) in holes.walk(hole, "e", .holeEntry) }
        let takeSquare = { (root: XMLElement) throws(Unusable) in
            guard root.isNamed("GridSquareXml") else {
                throw Unusable(status: .malformed, reason: "its root is <\(root.name)>")
            }
            let list = "TargetLocationsEfficient"
            var inside = "<\(list)><m_serializationArray>\(holes.text)</m_serializationArray></\(list)>"
            // Holes in a form that is not known are told by their positions.
            if holes.text.isEmpty { inside = GridSquareMetadata.listsHoles(root) ? "<StagePosition/>" : "" }
            xml.document(
                root, "GridSquareXml", SampleRule.gridSquare, inside: "<TargetLocations>\(inside)</TargetLocations>")
        }
        try reader.withHoleMap(path, each: takeHole, takeSquare)
        return xml.text
    }
}

/// A survey that the reader's calls add to.
private final class SharedSurvey {
    var survey: SampleSurvey

    init(_ survey: SampleSurvey) { self.survey = survey }
}
