import EPUConsole
import EPUCore
import EPUFormat
import Foundation

/// Writes a sample of sessions into a folder.
struct SampleWriter {
    let source: SampleSource
    let names: SampleNames
    let writesImages: Bool

    private static let malformed = "no XML, as the file that it stands for\n"

    /// - Returns: What was written; the folder is then complete, and still to be put into its place.
    func write(to folder: borrowing OutputFolder, progress: inout ProgressLine) throws -> SampleReport {
        var report = SampleReport(names: names)
        var used: Set<String> = []
        for session in source.sessions.indices where source.selection.takes(session: session) {
            let name = freeName(names.texts(names.sessionNames[session], .session), &used)
            report.sessions.append(name)
            var written: Set<String> = []
            try source.forEach(in: session) { file in
                progress.advance(by: 1)
                guard let bytes = try content(of: file, session, &report),
                    let own = names.file(file, session: session)
                else { return }
                let place = [name, names.folder(file.folder), own].filter { !$0.isEmpty }.joined(separator: "/")
                // An XML and its packed copy have one name here.
                guard written.insert(place).inserted else {
                    report.otherFiles += 1
                    return
                }
                try folder.write(place, bytes)
                report.files += 1
                report.bytes += bytes.count
                if file.name.kind == .exposure { report.exposures += 1 }
            }
        }
        return report
    }

    private func freeName(_ name: String, _ used: inout Set<String>) -> String {
        var free = name
        var number = 2
        while !used.insert(free).inserted {
            free = "\(name)-part-\(number)"
            number += 1
        }
        return free
    }

    /// What is written of a file; nil where it is left out.
    private func content(of file: SourceFile, _ session: Int, _ report: inout SampleReport) throws -> [UInt8]? {
        switch file.name.kind {
        case .exposureImage, .holeImage, .gridSquareImage:
            guard writesImages else {
                report.images += 1
                return nil
            }
            return noise(in: file, session, &report)
        case .movie, .exposureTwin:
            report.namesAlone += 1
            return []
        case .folder, .other:
            report.otherFiles += 1
            return nil
        case .exposure, .hole, .gridSquare, .session, .holeMap, .foilHole:
            guard source.isRead(file, session) else {
                report.otherFiles += 1
                return nil
            }
            do throws(Unusable) {
                return Array(try source.document(file, session, names).utf8)
            } catch {
                report.damaged += 1
                return error.status == .malformed ? Array(Self.malformed.utf8) : []
            }
        }
    }

    /// A picture of noise as large as the file's; nothing where the file is no JPEG.
    private func noise(in file: SourceFile, _ session: Int, _ report: inout SampleReport) -> [UInt8] {
        var header = [UInt8]()
        let path = source.path(file, session)
        let length = try? OpenFile(path, limit: 256 << 20).content(into: &header)
        guard let length, let size = NoiseJPEG.size(header[..<length]) else {
            report.damaged += 1
            return []
        }
        // The place in the row of files alone tells the noise of one picture from that of another.
        var random = RandomSource(seed: 1, stream: "noise of a sample", index: report.files)
        report.noise += 1
        return NoiseJPEG.bytes(width: size.width, height: size.height, random: &random)
    }
}
