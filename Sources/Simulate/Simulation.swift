import EPUCore
import Foundation

/// A simulated session and what is known about it.
struct Simulation {
    let options: SimulationOptions

    init(_ options: SimulationOptions) { self.options = options }

    /// Writes the session's folder, that of a second session beside it, and the truth.
    /// - Parameters:
    ///   - path: A folder that does not exist or is empty.
    ///   - onFile: Called after each file, with the number of files written so far.
    ///   - onModel: Called once, before the first file.
    /// - Returns: What the truth file holds.
    /// - Throws: `Failure` where something is in the way, cannot be written, or makes no sense.
    @discardableResult
    func write(
        to path: String, onFile: (Int) -> Void = { _ in }, onModel: (SimulationModel) -> Void = { _ in }
    ) throws -> SimulationTruth {
        try options.validate()
        let places = SimulationPlaces(path)
        try places.requireFree(second: options.secondSession)
        let model = try SimulationModel(options: options)
        onModel(model)
        let names = SessionNames(options: options, model: model, folder: places.name)
        let truth = SimulationTruth(model: model, options: options, names: names)
        let metadata = ImageDocuments(options: options, foil: model.foil)
        let pictures = options.images ? PreviewImages(options: options, model: model) : nil
        var files = 0
        for session in model.sessions {
            var writer = SessionWriter(
                session: session, model: model, options: options, names: names, metadata: metadata,
                pictures: pictures, folder: session.index == 0 ? places.folder : places.secondFolder)
            try writer.write {
                files += 1
                onFile(files)
            }
        }
        try TruthFile.write(truth, options: options, to: places.truthFile)
        return truth
    }
}

/// The places where a simulation puts its files.
struct SimulationPlaces {
    let folder: String
    var secondFolder: String { folder + "-second" }
    var truthFile: String { folder + ".truth.json" }
    /// The session's name, which is the folder's.
    var name: String { (folder as NSString).lastPathComponent }

    init(_ path: String) {
        // Without trailing slashes, and with a name even for `.`.
        folder = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// - Throws: `Failure` where a file would be overwritten or two sessions mixed.
    func requireFree(second: Bool) throws {
        guard name != "/" else { throw Failure("A session needs a folder of its own; name one below \(folder).") }
        for folder in second ? [folder, secondFolder] : [folder] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { continue }
            guard isFolder.boolValue else {
                throw Failure("\(folder) is a file, not a folder. Name another OUT_DIR.")
            }
            let contents: [String]
            do {
                contents = try FileManager.default.contentsOfDirectory(atPath: folder)
            } catch {
                throw Failure("\(folder) cannot be read. Name another OUT_DIR.")
            }
            guard contents.isEmpty else {
                throw Failure("\(folder) is not empty. Name another OUT_DIR, or remove that folder first.")
            }
        }
        guard !FileManager.default.fileExists(atPath: truthFile) else {
            throw Failure("\(truthFile) exists. Name another OUT_DIR, or remove that file first.")
        }
    }
}
