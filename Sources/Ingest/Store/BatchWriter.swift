import EPUCore
import EPUFormat
import GRDB

/// Stores readings within one transaction, each in the root of its instrument's session.
struct BatchWriter {
    let db: Database
    private let sessionFile: SessionFile?
    var roots: FolderRoots

    init(_ roots: FolderRoots, sessionFile: SessionFile?, _ db: Database) {
        self.db = db
        self.sessionFile = sessionFile
        self.roots = roots
    }

    /// Stores the readings.
    /// - Returns: What was done to the session of each root.
    mutating func write(_ readings: [FileReading]) throws -> [Int64: IngestCounts] {
        let assigned = try assign(readings)
        var counts: [Int64: IngestCounts] = [:]
        for root in roots.all {
            let own =
                assigned.map { assigned in
                    zip(readings, assigned).filter { $0.1 == root.id }.map(\.0)
                } ?? (root.id == roots.main.id ? readings : [])
            guard !own.isEmpty else { continue }
            var writer = try RootWriter(
                root, path: roots.folder.path, sessionFile: root.id == roots.main.id ? sessionFile : nil, db)
            counts[root.id] = try writer.write(own)
        }
        return counts
    }

    /// The root of each reading; nil where all belong to the main one, as nearly always.
    private mutating func assign(_ readings: [FileReading]) throws -> [Int64]? {
        guard roots.main.sessionID != nil else { return nil }
        let instruments = readings.map(\.content.instrument)
        for (index, instrument) in instruments.enumerated() {
            guard let instrument, !roots.all.contains(where: { $0.instrument == instrument }) else { continue }
            _ = try roots.root(
                of: instrument,
                knownBy: {
                    zip(readings, instruments).dropFirst(index).filter { $0.1 == instrument }.compactMap {
                        $0.0.content.identity
                    }
                }, db)
        }
        guard !roots.others.isEmpty || !roots.families.isEmpty else { return nil }
        try roots.addParts(db)
        var assigned = zip(readings, instruments).map { reading, instrument in
            instrument.flatMap { own in roots.all.first { $0.instrument == own }?.id }
        }
        try assignParts(of: readings, &assigned)
        try assignCompanions(of: readings, &assigned)
        try moveKnown(readings, to: assigned)
        return assigned.map { $0 ?? roots.main.id }
    }

    /// Assigns the files that name no instrument: each to the root of the exposure or image of its name, else to the one where it
    /// is.
    private func assignCompanions(of readings: [FileReading], _ assigned: inout [Int64?]) throws {
        var byPath: [PathKey: Int64] = [:]
        var byName: [String: Int64] = [:]
        for (reading, root) in zip(readings, assigned) {
            guard let root else { continue }
            byPath[PathKey(reading.file.companionPath)] = root
            byName[reading.file.name.stem] = root
        }
        let names = CompanionNames(roots: roots)
        for (index, reading) in readings.enumerated() where assigned[index] == nil {
            let file = reading.file
            if let square = reading.content.mappedSquare {
                assigned[index] = try names.root(ofSquare: square, db)
            } else if file.name.kind.isCompanion {
                assigned[index] =
                    try byPath[PathKey(file.companionPath)] ?? byName[file.name.stem]
                    ?? names.root(of: file.name, db)
            }
            if assigned[index] == nil, let known = try currentRoot(of: file) { assigned[index] = known }
        }
    }

    private func currentRoot(of file: SourceFile) throws -> Int64? {
        guard let id = file.ledgerID else { return nil }
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT session_root_id FROM source_file WHERE source_file_id = ?"),
            arguments: [id]
        ).flatMap { roots.root(of: $0)?.id }
    }

    /// Moves files that an archive has in the session of another instrument, as older versions did not tell instruments apart.
    private func moveKnown(_ readings: [FileReading], to assigned: [Int64?]) throws {
        var moves: [[Int64]: [Int64]] = [:]
        for (reading, root) in zip(readings, assigned) {
            guard let root, let id = reading.file.ledgerID, let old = try currentRoot(of: reading.file), old != root
            else { continue }
            moves[[old, root], default: []].append(id)
        }
        for (way, files) in moves.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let old = roots.root(of: way[0]), let new = roots.root(of: way[1]) else { continue }
            try roots.move(files, from: old, to: new, db)
        }
    }
}

extension SourceFile {
    /// The text that the file shares with the files of the same image beside it.
    fileprivate var companionPath: String { folder + "/" + name.prefix + name.stem }
}

extension FileReading.Content {
    /// The instrument of an image with its XML; nil for other files.
    fileprivate var instrument: Instrument? {
        switch self {
        case .exposure(_, let image), .hole(_, let image), .gridSquare(let image): Instrument(image)
        default: nil
        }
    }

    /// The grid square whose holes the file describes; nil for other files.
    fileprivate var mappedSquare: Int64? {
        switch self {
        case .holeMap(let square, _): square.gridSquare
        case .foilHole(_, let gridSquare): gridSquare
        default: nil
        }
    }

    /// The values by which an exposure is known from another folder; nil where it has none.
    fileprivate var identity: (name: String, uniqueID: String)? {
        guard case .exposure(let name, let image) = self, let uniqueID = image.uniqueID else { return nil }
        return (name.base, uniqueID)
    }
}
