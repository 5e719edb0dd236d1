import EPUConsole
import EPUCore
import EPUFormat
import Foundation

/// Writes a sample of sessions into a folder.
struct SampleWriter: Sendable {
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
            try source.forEach(in: session) { files, reader in
                files.map { ($0, content(of: $0, session, reader)) }
            } take: { files in
                for (file, content) in files {
                    progress.advance(by: 1)
                    guard let bytes = Self.bytes(of: content, &report), let own = names.file(file, session: session)
                    else { continue }
                    let place = [name, names.folder(file.folder), own].filter { !$0.isEmpty }.joined(separator: "/")
                    // An XML and its packed copy have one name here.
                    guard written.insert(place).inserted else {
                        report.otherFiles += 1
                        continue
                    }
                    try folder.write(place, bytes)
                    report.files += 1
                    report.bytes += bytes.count
                    if file.name.kind == .exposure { report.exposures += 1 }
                }
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

    /// What is made of a file, before it is known in which place it is written.
    private enum Content: Sendable {
        case document([UInt8])
        /// A picture of noise, of this size in pixels.
        case noise(width: Int, height: Int)
        case nameAlone
        case damaged([UInt8])
        case image
        case other
    }

    private func content(of file: SourceFile, _ session: Int, _ reader: FileReader) -> Content {
        switch file.name.kind {
        case .exposureImage, .holeImage, .gridSquareImage: return writesImages ? picture(file, session) : .image
        case .movie, .exposureTwin: return .nameAlone
        case .folder, .other: return .other
        case .exposure, .hole, .gridSquare, .session, .holeMap, .foilHole:
            guard source.isRead(file, session) else { return .other }
            do throws(Unusable) {
                return .document(Array(try source.document(file, session, names, reader).utf8))
            } catch {
                return .damaged(error.status == .malformed ? Array(Self.malformed.utf8) : [])
            }
        }
    }

    private func picture(_ file: SourceFile, _ session: Int) -> Content {
        var header = [UInt8]()
        let path = source.path(file, session)
        let length = try? OpenFile(path, limit: 256 << 20).content(into: &header)
        guard let length, let size = NoiseJPEG.size(header[..<length]) else { return .damaged([]) }
        return .noise(width: size.width, height: size.height)
    }

    /// What is written of a file, which is counted; nil where it is left out.
    private static func bytes(of content: Content, _ report: inout SampleReport) -> [UInt8]? {
        switch content {
        case .document(let bytes): return bytes
        case .noise(let width, let height):
            // The place in the row of files alone tells the noise of one picture from that of another.
            var random = RandomSource(seed: 1, stream: "noise of a sample", index: report.files)
            report.noise += 1
            return NoiseJPEG.bytes(width: width, height: height, random: &random)
        case .nameAlone:
            report.namesAlone += 1
            return []
        case .damaged(let bytes):
            report.damaged += 1
            return bytes
        case .image: report.images += 1
        case .other: report.otherFiles += 1
        }
        return nil
    }
}
