import EPUShared
import GRDB

/// Stores a batch of readings: a ledger row for each, and what they say.
struct BatchWriter: Sendable {
    let ledger: Ledger
    /// Nil for files that belong to no session.
    let store: ExposureStore?

    func write(_ readings: [FileReading], _ db: Database) throws -> IngestCounts {
        var counts = IngestCounts()
        for reading in readings {
            let fileID = try ledger.record(reading, db)
            counts.read += 1
            guard let store else { continue }
            switch reading.content {
            case .exposure(let name, let image):
                switch try store.store(name, image, file: reading.file, fileID: fileID, db) {
                case .new: counts.new += 1
                case .changed: counts.changed += 1
                case .twin(let path): try Ledger.mark(fileID, .twin, "the same exposure as \(path)", db)
                }
            case .hole(let name, let image):
                try store.store(name, image, file: reading.file, fileID: fileID, db)
            case .holeImage(let name):
                try store.store(name, file: reading.file, imageFileID: fileID, db)
            case .none:
                break
            }
        }
        return counts
    }
}
