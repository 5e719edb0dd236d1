import EPUCore
import EPUFormat
import GRDB

/// Where a person split a session: which of its parts the exposures and images are.
extension BatchWriter {
    /// Assigns exposures and images of split sessions. What the archive has stays where it is; the rules say of the rest.
    mutating func assignParts(of readings: [FileReading], _ assigned: inout [Int64?]) throws {
        for (index, reading) in readings.enumerated() {
            guard let image = reading.splitImage, let base = roots.root(of: assigned[index] ?? roots.main.id),
                let family = roots.family(of: base)
            else { continue }
            if let known = try root(thatHas: reading, in: family) {
                assigned[index] = known
            } else if let split = family.split(of: image) {
                assigned[index] = try roots.root(of: split, db)
                try moveRow(of: reading.file, to: assigned[index])
            }
        }
    }

    /// The root of the member that has an exposure or image, from this file or another one, for example in another folder.
    private func root(thatHas reading: FileReading, in family: SplitFamily) throws -> Int64? {
        let owner = try family.members.first { try has(reading, $0) }
        return owner.flatMap { owner in roots.all.first { $0.sessionID == owner }?.id }
    }

    private func has(_ reading: FileReading, _ session: Int64) throws -> Bool {
        func exists(_ condition: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> Bool {
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT 1 FROM \(condition) AND session_id = ? LIMIT 1"),
                arguments: StatementArguments(arguments + [session])) != nil
        }
        let (file, stem) = (reading.file.ledgerID, reading.file.name.stem)
        switch reading.content {
        case .exposure(let name, let image):
            if try file != nil && exists("exposure WHERE metadata_file_id = ?", [file]) { return true }
            let named = "exposure WHERE name = ? AND ifnull(unique_id, '') = ifnull(?, '')"
            if try exists(named, [name.base, image.uniqueID]) { return true }
            // The same shot may have another name.
            guard let time = image.acquired, time.utcOffsetMinutes != nil, let id = image.uniqueID, !id.isEmpty else {
                return false
            }
            return try exists("exposure WHERE acquired_at = ? AND unique_id = ?", [time.instant.archiveText, id])
        case .hole: return try exists("hole_image WHERE name = ?", [stem])
        case .gridSquare: return try exists("grid_square_image WHERE name = ?", [stem])
        default: return false
        }
    }

    /// Moves the row of a file that could not be used until now, for example because it was half written.
    private func moveRow(of file: SourceFile, to root: Int64?) throws {
        guard let id = file.ledgerID, let root else { return }
        try db.cachedStatement(sql: "UPDATE OR IGNORE source_file SET session_root_id = ? WHERE source_file_id = ?")
            .execute(arguments: [root, id])
    }
}

extension FileReading {
    /// What the rules of split sessions ask of an exposure, or of an image of a hole or a square; nil for other files.
    fileprivate var splitImage: SplitRule.Image? {
        switch content {
        case .exposure(_, let image), .hole(_, let image), .gridSquare(let image):
            let stem = file.name.stem
            let time = image.acquired ?? timeOfName(stem).map { LocalTime(instant: $0, utcOffsetMinutes: nil) }
            return SplitRule.Image(name: stem, gridSquare: file.gridSquare, acquired: time)
        default: return nil
        }
    }
}
