import EPUCore
import EPUFormat

/// What of the sessions must be known before the first file of a sample is written: all ids, texts and clocks.
struct SampleSurvey: SampleSink {
    private(set) var ids: Set<Int64> = []
    private(set) var texts = SampleTexts()
    private(set) var offsets: [SampleOffsets]
    private(set) var sessionNames: [String]
    private var firstExposure: Timestamp?
    private var firstTime: Timestamp?
    private var hasShortTimes = false
    /// The names of exposures whose time is that of the name, with the session's index.
    private var named: [(base: String, session: Int)] = []

    init(sessions: Int) {
        offsets = Array(repeating: SampleOffsets(), count: sessions)
        sessionNames = Array(repeating: "", count: sessions)
    }

    mutating func open(_ name: String, type: String?) {
        if let type, !SampleWords.keeps(type) { texts.add(type, .word) }
    }

    mutating func close(_ name: String) {}

    mutating func key(_ key: String, camera: String?) {
        if let camera { add(camera: camera) }
    }

    mutating func leaf(_ name: String, _ leaf: SampleLeaf, _ element: XMLElement) {
        switch leaf {
        case .number, .flag, .version, .moment: break
        case .id: if let id = element.integer { add(id: id) }
        case .acquired, .start: if let time = element.time { add(time: time.instant) }
        case .base, .squareFile: if let text = element.text { add(name: text) }
        case .word: if let text = element.text, !SampleWords.keeps(text) { texts.add(text, .word) }
        case .camera: if let text = element.text { add(camera: text) }
        case .model: if let text = element.text { texts.add(text, .model) }
        case .text(let kind): if let text = element.text { texts.add(text, kind) }
        }
    }

    private mutating func add(camera: String) {
        if !SampleWords.keepsCamera(camera) { texts.add(camera, .camera) }
    }

    private mutating func add(id: Int64) {
        if id > 0 { ids.insert(id) }
    }

    private mutating func add(time: Timestamp) {
        guard SampleClock.years.contains(time) else { return }
        firstTime = min(firstTime ?? time, time)
    }

    /// Adds the numbers of a name of EPU's, and its time.
    private mutating func add(name: String) {
        let file = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? name
        if let (exposure, _) = ExposureName.find(in: file) {
            add(id: exposure.foilHole)
            add(id: exposure.area)
            if exposure.thirdNumber > SampleNumbers.greatestRank { add(id: exposure.thirdNumber) }
            noteDigits(of: exposure.base)
        } else if let (hole, _) = HoleImageName.find(in: file) {
            add(id: hole.foilHole)
            noteDigits(of: hole.base)
        } else if let (square, _) = GridSquareImageName.find(in: file) {
            noteDigits(of: square.base)
        } else if let (number, _) = targetLocationNumber(of: file) {
            add(id: number)
        } else if let start = file.ranges(of: "GridSquare_").last?.lowerBound,
            let (number, _) = gridSquareNumber(of: file[start...])
        {
            add(id: number)
        }
    }

    private mutating func noteDigits(of base: String) {
        if base.split(separator: "_").last?.count == 4 { hasShortTimes = true }
        if let time = timeOfName(base) { add(time: time) }
    }

    /// Adds a file by its path and name.
    mutating func add(_ file: SourceFile) {
        add(name: file.name.fileName)
        add(folder: file.folder)
        if !file.name.prefix.isEmpty { texts.add(file.name.prefix, .prefix) }
        if let square = file.gridSquare { add(id: square) }
    }

    private mutating func add(folder: String) {
        for part in folder.pathParts {
            if let (number, rest) = gridSquareNumber(of: part), rest.isEmpty {
                add(id: number)
            } else if !SampleNames.keepsFolder(part) {
                texts.add(String(part), .folder)
            }
        }
    }

    /// Names a session after its EpuSession.dm, or after its folder where there is none.
    mutating func add(name: String, ofSession session: Int) {
        texts.add(name, .session)
        sessionNames[session] = name
    }

    /// Adds an image by what its XML says.
    mutating func add(_ image: ImageMetadata, of file: SourceFile, session: Int) {
        if let offset = image.acquired?.utcOffsetMinutes { offsets[session].add(offset, base: file.name.stem) }
        guard file.name.kind == .exposure else { return }
        if let time = image.acquired?.instant {
            firstExposure = min(firstExposure ?? time, time)
        } else {
            named.append((file.name.stem, session))
        }
    }

    /// Adds what a survey of the files behind these found.
    /// - Parameter later: A survey with one session.
    /// - Parameter session: The index that the session has here.
    mutating func add(_ later: SampleSurvey, ofSession session: Int) {
        ids.formUnion(later.ids)
        texts.add(later.texts)
        for offsets in later.offsets { self.offsets[session].add(offsets) }
        for name in later.sessionNames where !name.isEmpty { sessionNames[session] = name }
        firstExposure = [firstExposure, later.firstExposure].compactMap(\.self).min()
        firstTime = [firstTime, later.firstTime].compactMap(\.self).min()
        hasShortTimes = hasShortTimes || later.hasShortTimes
        named += later.named.map { ($0.base, session) }
    }

    /// Ends the survey.
    mutating func settle() {
        texts.settle()
        for index in offsets.indices { offsets[index].settle() }
        for (base, session) in named {
            guard let local = timeOfName(base) else { continue }
            let time = local.adding(seconds: -60 * Double(offsets[session].usual))
            firstExposure = min(firstExposure ?? time, time)
        }
    }

    var clock: SampleClock { SampleClock(first: firstExposure ?? firstTime, keepsMinutes: hasShortTimes) }
}
