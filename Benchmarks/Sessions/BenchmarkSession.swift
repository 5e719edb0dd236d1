import EPUCore
import Foundation

/// A simulated session to measure on.
struct BenchmarkSession {
    enum Files {
        /// The session has XML alone, which is all that ingest opens.
        case xml
        /// The session is as a Falcon 3 under EPU 2.6 leaves it: beside each exposure's XML is a JPG and a `_Fractions.xml`.
        case withImagesAndTwins
    }

    let exposures: Int
    let files: Files

    var name: String {
        switch files {
        case .xml: "\(exposures)"
        case .withImagesAndTwins: "\(exposures) + JPG + twin"
        }
    }

    /// The space that the session takes on disk, in blocks of 4 KB, with one archive.
    private var bytes: Int {
        switch files {
        case .xml: exposures * (18 << 10)
        case .withImagesAndTwins: exposures * (210 << 10)
        }
    }

    /// The inodes of the exposures, of their hole and grid square images, and of the folders.
    private var inodes: Int {
        switch files {
        case .xml: exposures * 3 / 2 + 100
        case .withImagesAndTwins: exposures * 7 / 2 + 100
        }
    }

    /// Why the disk cannot hold the session; nil where it can.
    func obstacle(in folder: String) throws -> String? {
        let free = try Machine.freeSpace(folder)
        guard free.bytes < bytes || free.inodes < inodes else { return nil }
        return "\(name) exposures are left out: they need \(Self.gigabytes(bytes)) GB and \(inodes) inodes, and "
            + "\(folder) has \(Self.gigabytes(free.bytes)) GB and \(free.inodes) inodes left."
    }

    /// Why figures would be those of the disk and not of the tools; nil where they are not.
    var memoryWarning: String? {
        guard let available = Machine.availableMemory, available < bytes else { return nil }
        return "\(name) exposures have \(Self.gigabytes(bytes)) GB of files, and \(Self.gigabytes(available)) GB of "
            + "memory are free for them: their figures are partly the disk's."
    }

    /// Writes the session to `folder`, with the truth beside it, and waits until the disk has it: what the kernel still
    /// has to write would slow the runs that follow.
    func make(_ folder: String, tools: Tools) throws {
        let style =
            switch files {
            case .xml: ["--no-images"]
            case .withImagesAndTwins: ["--epu-version", "2.6"]
            }
        _ = try ChildProcess(tools.simulate, ["make", folder, "--exposures", "\(exposures)"] + style)
        sync()
    }

    private static func gigabytes(_ bytes: Int) -> String { (Double(bytes) / 1e9).text(decimals: 1) }
}
