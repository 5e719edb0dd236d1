import EPUCore
import Foundation

/// The places to which the regrouped files are written.
struct StarOutputs {
    let paths: [StarSplit.Paths]

    /// - Throws: `Failure` if two files would be written to one place, or if a file that is read would be overwritten.
    init(_ inputs: [String], in folder: String) throws {
        paths = inputs.map { input in
            let name = (input as NSString).lastPathComponent
            return StarSplit.Paths(of: name.hasSuffix(".star") ? String(name.dropLast(5)) : name, in: folder)
        }
        var inputOfPath: [PathKey: String] = [:]
        for (input, paths) in zip(inputs, paths) {
            for path in paths.list {
                if let other = inputOfPath.updateValue(input, forKey: PathKey(path)) {
                    throw Failure(
                        "\(other) and \(input) would both be written to \(path). Give each an --out of its own.")
                }
                if let overwritten = inputs.first(where: { Self.isSameFile($0, path) }) {
                    throw Failure("\(path) would overwrite \(overwritten), which is read. Give another --out.")
                }
            }
        }
    }

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(first, &a) == 0 && stat(second, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }
}
