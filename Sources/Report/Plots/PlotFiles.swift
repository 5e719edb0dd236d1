import EPUDrawing
import Foundation

/// The plots of one folder on disk, as `stage.svg`, `stage.png` and, for another calibration, `stage_2.svg`.
struct PlotFiles {
    let folder: String
    let formats: [PlotFormat]

    /// - Parameter number: the number of the calibration, from 1.
    /// - Returns: the paths that were written.
    func write(_ plot: some Plot, name: String, number: Int = 1) throws -> [String] {
        try formats.map { format in
            let path = path(name, number, format)
            try plot.write(to: path)
            return path
        }
    }

    /// Removes the files that an earlier run drew and this one does not: they would look like a part of this one.
    func removeOlder(name: String, number: Int = 1) {
        for format in PlotFormat.allCases { unlink(path(name, number, format)) }
    }

    /// Removes such files of calibrations beyond `last`, up to the first number that has none.
    func removeOlder(names: [String], after last: Int) {
        var number = last + 1
        while names.contains(where: { name in PlotFormat.allCases.contains { exists(path(name, number, $0)) } }) {
            for name in names { removeOlder(name: name, number: number) }
            number += 1
            // A file that cannot be removed is left, and must not keep the tool here for ever.
            if number > last + 1000 { return }
        }
    }

    private func path(_ name: String, _ number: Int, _ format: PlotFormat) -> String {
        let file = (number == 1 ? name : "\(name)_\(number)") + "." + format.rawValue
        return (folder as NSString).appendingPathComponent(file)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
