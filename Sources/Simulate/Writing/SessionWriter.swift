import EPUCore

/// Writes the folder of one session.
struct SessionWriter {
    private let session: SimulatedSession
    private let model: SimulationModel
    private let options: SimulationOptions
    private let names: SessionNames
    private let metadata: ImageDocuments
    private let pictures: PreviewImages?
    private let folder: String
    /// The number of events that each grid square's .dm has in it: copying out of order must not bring an old state back.
    private var eventsOfSquare: [Int: Int] = [:]
    private var writtenFiles = 0

    /// - Parameter pictures: The maker of the JPGs; nil for a session without them.
    init(
        session: SimulatedSession, model: SimulationModel, options: SimulationOptions, names: SessionNames,
        metadata: ImageDocuments, pictures: PreviewImages?, folder: String
    ) {
        self.session = session
        self.model = model
        self.options = options
        self.names = names
        self.metadata = metadata
        self.pictures = pictures
        self.folder = folder
    }

    /// - Parameter onFile: Called after each file.
    mutating func write(onFile: () -> Void) throws {
        try makeFolders()
        let clock = options.live ? LiveClock(start: session.start, speed: options.speed) : nil
        var jobs = WriteJobs(session: session, model: model, options: options)
        func write(_ timed: WriteJobs.TimedJob) throws {
            clock?.wait(until: timed.time)
            try self.write(timed.job)
            onFile()
        }
        if options.shuffle {
            var shuffled = LocallyShuffled(
                jobs, random: RandomSource(seed: options.seed, stream: "shuffle", index: session.index))
            while let job = shuffled.next() { try write(job) }
        } else {
            while let job = jobs.next() { try write(job) }
        }
    }

    private func makeFolders() throws {
        if options.dm { try PlainFile.makeFolder(folder + "/Metadata") }
        for square in Set(session.squareImages.map(\.square)).sorted() {
            for name in ["FoilHoles", "Data"] {
                try PlainFile.makeFolder("\(folder)/\(names.squareFolder(square, of: session))/\(name)")
            }
        }
    }

    private mutating func write(_ job: WriteJob) throws {
        guard let file = try file(of: job) else { return }
        writtenFiles += 1
        // In a running session some files are met half-written.
        let pause: Duration? = options.live && writtenFiles % 7 == 0 ? .milliseconds(30) : nil
        try PlainFile.write(file.bytes, to: "\(folder)/\(file.path)", pause: pause)
    }

    /// The path below the session's folder, and the contents, of the file that a job writes; nil where there is nothing
    /// new to write.
    private mutating func file(of job: WriteJob) throws -> (path: String, bytes: [UInt8])? {
        switch job {
        case .session:
            let text = SessionDocument.text(of: session, model: model, options: options, names: names)
            return document("EpuSession.dm", text)
        case .gridSquare(let square, let events):
            guard events > eventsOfSquare[square] ?? -1 else { return nil }
            eventsOfSquare[square] = events
            let text = gridSquareText(square, events: events)
            return document("Metadata/GridSquare_\(session.squareIDs[square]).dm", text)
        case .squareImage(let index, let part):
            let image = session.squareImages[index]
            let path = "\(names.squareFolder(image.square, of: session))/\(names.base(of: image))"
            return switch part {
            case .metadata: xml(path + ".xml", metadata.square(image, number: index, session: session))
            case .preview:
                try pictures.map { (path + ".jpg", try $0.square(image, number: index, session: session)) }
            }
        case .holeImage(let index, let part):
            let image = session.holeImages[index]
            let folder = names.squareFolder(image.square, of: session)
            let path = "\(folder)/FoilHoles/\(names.base(of: image, session: session))"
            return switch part {
            case .metadata: xml(path + ".xml", metadata.hole(image, number: index, session: session))
            case .preview:
                try pictures.map { (path + ".jpg", try $0.hole(image, number: index, session: session)) }
            }
        case .exposure(let index, let part):
            return switch part {
            case .metadata: xml(dataPath(index) + ".xml", metadata.data(model.exposures[index], number: index))
            case .preview: try pictures.map { (dataPath(index) + ".jpg", try $0.data(index)) }
            }
        case .fractions(let index):
            guard let fractions = MovieFractions(style: options.instrument) else { return nil }
            var random = RandomSource(seed: options.seed, stream: "fractions", index: index)
            let acquired = LocalTime(
                instant: model.exposures[index].acquired, utcOffsetMinutes: options.utcOffsetMinutes)
            let text = fractions.text(acquired: acquired, random: &random)
            return (dataPath(index) + MovieName.description, Array(text.utf8))
        case .movie(let index): return (dataPath(index) + options.instrument.camera.movieSuffix, [])
        }
    }

    private func document(_ path: String, _ text: String) -> (path: String, bytes: [UInt8]) {
        xml(path, Array(options.xmlForm.written(text).utf8))
    }

    private func xml(_ path: String, _ bytes: [UInt8]) -> (path: String, bytes: [UInt8]) {
        guard options.renamesPrefixes else { return (path, bytes) }
        var random = RandomSource(seed: options.seed, stream: "prefixes \(path)", index: session.index)
        return (path, NamespacePrefixes(random: &random).renamed(bytes))
    }

    private func dataPath(_ exposure: Int) -> String {
        let exposure = model.exposures[exposure]
        return "\(names.squareFolder(exposure.square, of: session))/Data/\(names.base(of: exposure))"
    }

    private func gridSquareText(_ square: Int, events: Int) -> String {
        // A square's events follow its image.
        var first = events
        while first > 0 {
            first -= 1
            if case .squareImage(let index) = session.events[first], session.squareImages[index].square == square {
                break
            }
        }
        var exposures: [Int] = []
        var holeImages: [SimulatedHoleImage] = []
        for event in session.events[first..<events] {
            switch event {
            case .exposure(let index): exposures.append(index)
            case .holeImage(let index): holeImages.append(session.holeImages[index])
            case .squareImage: break
            }
        }
        return GridSquareDocument(
            square: square, session: session, model: model, options: options, names: names, exposures: exposures,
            holeImages: holeImages
        ).text()
    }
}
