import EPUShared
import Foundation

/// A session of the study as it was made, with what a flawless analysis would say of it.
struct StudySession: Codable, Sendable {
    /// Of its folder, and in the archive.
    let name: String
    let plan: StudyPlan
    /// Stage stops, counted in the truth.
    let stops: Int
    let exposures: Int
    /// um; the one that epu-analyze takes by itself, too.
    let radius: Double
    /// Stops and holes that went wrong.
    let faults: Int
    /// Exposures that any analysis must find overexposed.
    let overexposed: [String]
    /// Exposures so near to the radius that either answer is right.
    let undecided: [String]

    init(name: String, plan: StudyPlan, truth: StudyTruth) {
        let judged = TrueOverexposures(truth)
        self.name = name
        self.plan = plan
        stops = Set(truth.exposures.map(\.stop)).count
        exposures = truth.exposures.count
        radius = truth.radius
        faults = truth.incidents.count
        overexposed = judged.certain
        undecided = judged.undecided
    }
}

/// The sessions of a study, as they are stored beside its archive.
struct StudyFile: Codable {
    let seed: UInt64
    /// How many draws epu-simulate refused.
    let refusals: Int
    /// How many sessions had fewer or more stops than the study is about.
    let otherSizes: Int
    let sessions: [StudySession]

    private static func path(besideArchive archive: String) -> String { archive + ".truth.json" }

    func write(besideArchive archive: String) throws {
        let path = Self.path(besideArchive: archive)
        let content = try JSONEncoder().encode(self)
        guard FileManager.default.createFile(atPath: path, contents: content) else {
            throw Failure("Cannot write \(path): \(String(cString: strerror(errno))).")
        }
    }

    static func read(besideArchive archive: String) throws -> StudyFile {
        let path = path(besideArchive: archive)
        guard let content = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read. `epu-benchmark accuracy --keep` writes it beside an archive.")
        }
        do {
            return try JSONDecoder().decode(StudyFile.self, from: content)
        } catch {
            throw Failure("\(path) is not the truth of a study: \(error).")
        }
    }
}
