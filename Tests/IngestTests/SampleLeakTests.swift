import EPUDrawing
import Foundation
import TestSupport
import Testing

@Suite("What a sample must not tell")
struct SampleLeakTests {
    private static let marker = "JaneDoe7Qx"

    /// Everything in a folder in which a text could hide: names and contents.
    private static func haystack(_ folder: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for path in try Project.paths(below: folder) {
            bytes += Array(path.utf8) + [0x0A]
            if let content = FileManager.default.contents(atPath: folder + "/" + path) { bytes += content + [0x0A] }
        }
        return bytes
    }

    /// A text as it is, in UTF-16, in hexadecimal digits, and in base64 wherever in a longer text it stands.
    private static func forms(_ text: String) -> [String] {
        let base64 = (0..<3).map { shift in
            let coded = Data((String(repeating: "x", count: shift) + text).utf8).base64EncodedString()
            // The first and the last characters depend on what is beside.
            return String(coded.dropFirst(shift == 0 ? 0 : 4).prefix(max(0, coded.count - 8)))
        }
        let bytes = Array(text.utf8)
        return [
            text, text.uppercased(), text.lowercased(), bytes.map { String(format: "%02x", $0) }.joined(),
            bytes.map { String(format: "%%%02X", $0) }.joined(), bytes.map { "&#\($0);" }.joined(),
        ] + base64.filter { $0.count >= 8 }
    }

    /// The texts of which something is left, numbers only where no further digit is beside them.
    private static func found(_ texts: Set<String>, in folder: String) throws -> [String] {
        let haystack = try haystack(folder)
        let content = Data(haystack)
        let numbers = Set(
            haystack.split { !(0x30...0x39).contains($0) }.map { String(decoding: $0, as: UTF8.self) })
        return texts.sorted().filter { wanted in
            if wanted.allSatisfy(\.isNumber) { return numbers.contains(wanted) }
            // Of ids, dates and names of files there are thousands.
            let isWord =
                wanted.utf8.count >= 8 && !wanted.hasPrefix("FoilHole_") && !wanted.hasPrefix("GridSquare_")
                && wanted.contains { $0.isLetter && !$0.isHexDigit }
            return (isWord ? forms(wanted) : [wanted, wanted.uppercased()]).contains { form in
                content.range(of: Data(form.utf8)) != nil
            }
        }
    }

    private static let fields = [
        "Id", "key", "uniqueID", "Guid", "ComputerName", "InstrumentID", "InstrumentModel", "AtlasId", "Path",
        "FileName",
        "BaseFileName", "FoilHoleImagePath", "SessionName", "GridSquareId", "PrimaryId", "AutoloaderDescription",
        "Operator", "DataAcquisitionAreaId", "ImageAcquisitionSettingId",
    ].joined(separator: "|")

    /// The ids, names, paths and dates of sessions, from the names of their files and from what is in these.
    private static func identities(of folder: String) throws -> Set<String> {
        var found: Set<String> = []
        // Swift's own expressions take minutes for the megabytes of a square's holes.
        let fields = try NSRegularExpression(
            pattern: "<(?:\\w+:)?(\(Self.fields))(?:\\s[^>]*)?>([^<]+)<|(20\\d\\d-\\d\\d-\\d\\d)(T\\d\\d:\\d\\d:\\d\\d)"
                + "|SerialNumber</\\w+:Key><\\w+:Value[^>]*>([^<]+)<")
        for path in try Project.paths(below: folder) {
            for number in path.split(whereSeparator: { !$0.isNumber }) where number.count >= 7 {
                found.insert(String(number))
            }
            for date in path.matches(of: /20\d{6}_\d{4,6}/) { found.insert(String(date.output)) }
            guard path.hasSuffix(".xml") || path.hasSuffix(".dm"), !path.contains("_Fractions") else { continue }
            let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
            fields.enumerateMatches(in: text, range: NSRange(text.startIndex..., in: text)) { match, _, _ in
                func group(_ index: Int) -> String? {
                    match.flatMap { Range($0.range(at: index), in: text) }.map { String(text[$0]) }
                }
                if let day = group(3), let time = group(4) { found.formUnion([day, day + time]) }
                if let serial = group(5) { found.insert(serial) }
                guard let name = group(1), let value = group(2) else { return }
                for part in value.split(whereSeparator: { "\\/".contains($0) })
                where part.count >= 5 && part.contains(where: \.isNumber) && part != "Images-Disc1" && part != "Sample1"
                {
                    found.insert(part.trimmingCharacters(in: .whitespacesAndNewlines))
                }
                if value.count >= 4, name.hasPrefix("Instrument") { found.insert(value) }
            }
        }
        // The sample's own first day.
        return found.subtracting(["2020-01-01"])
    }

    @Test(
        "Real sessions leave no id, name, path or date",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)),
        arguments: ["morado", "glacios", "diamond-example", "diamond-epumocks", "emharvest"])
    func real(name: String) throws {
        let folder = try TemporaryFolder()
        let run = try ToolRun.run("epu-ingest", ["sample", RealData.path(name), folder["out"], "--images"])
        #expect(run.status == 0, "\(run.errors)")
        let texts = try Self.identities(of: RealData.path(name))
        #expect(texts.count > 20)
        let left = try Self.found(texts, in: folder["out"])
        #expect(left == [])
    }

    @Test(
        "A word that stands in every field of text, in attributes, comments, names and folders is nowhere",
        arguments: ["1.2", "2.6", "3.8", "3.9"])
    func marked(version: String) throws {
        let folder = try TemporaryFolder()
        let made = try ToolRun.run(
            "epu-simulate", ["make", Self.marker, "--exposures", "40", "--movies", "--epu-version", version],
            in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
        let session = folder[Self.marker]
        try mark(session)
        // Under other folders, and with words before EPU's names.
        let square = try #require(try Project.paths(below: session).first { $0.hasSuffix("/Data") })
        let data = try Project.paths(below: session + "/" + square).filter { $0.hasSuffix(".xml") }
        try FileManager.default.moveItem(
            atPath: "\(session)/\(square)/\(data[0])", toPath: "\(session)/\(square)/\(Self.marker)_\(data[0])")
        try folder.write("\(Self.marker)/\(square)/\(Self.marker) notes.txt", Self.marker)
        try folder.write("\(Self.marker)/\(square)/\(data[1])_\(Self.marker).mrc", Self.marker)
        try folder.write(
            "\(Self.marker)/\(Self.marker)/\(data[2])", try folder.text("\(Self.marker)/\(square)/\(data[2])"))
        let run = try ToolRun.run("epu-ingest", ["sample", session, folder["out"], "--images"])
        #expect(run.status == 0, "\(run.errors)")
        let texts = try Self.identities(of: session).union([Self.marker])
        #expect(texts.count > 20)
        let left = try Self.found(texts, in: folder["out"])
        #expect(left == [])
        #expect(try ToolRun.run("epu-ingest", ["--db", folder["a.db"], "--strict", folder["out"]]).status == 0)
    }

    /// Puts the marker into each text that is no number, truth value, time, id of an object or name of a file, and into elements,
    /// attributes and comments that EPU does not write.
    private func mark(_ session: String) throws {
        for path in try Project.paths(below: session) where path.hasSuffix(".xml") || path.hasSuffix(".dm") {
            guard !path.contains("_Fractions") else { continue }
            let file = session + "/" + path
            var text = try String(contentsOfFile: file, encoding: .utf8)
            text = text.components(separatedBy: "<").map { part in
                let (tag, word) =
                    part.firstIndex(of: ">").map { (part[...$0], String(part[part.index(after: $0)...])) } ?? ("", part)
                guard word.first?.isLetter == true else { return part }
                // Keys by which a value is found, names of files, and what must stay for the file to be read.
                let isNeeded =
                    ["true", "false"].contains(word) || word.hasPrefix("FoilHole_") || word.hasPrefix("GridSquare_")
                    || word.hasPrefix("Metadata\\") || word.hasSuffix("]") || word.contains("].")
                return isNeeded || Self.keys.contains(word) ? part : "\(tag)\(word) \(Self.marker)"
            }.joined(separator: "<")
            for camera in ["BM-Falcon", "EF-Falcon", "EF-CCD"] {
                text = text.replacing("Detectors[\(camera)]", with: "Detectors[\(Self.marker)]")
            }
            text = text.replacing(
                "<uniqueID>",
                with:
                    "<!-- \(Self.marker) --><Operator a=\"\(Self.marker)\">\(Self.marker)</Operator><uniqueID>\(Self.marker)"
            )
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }
    }

    private static let keys: Set<String> = [
        "Dose", "DoseRate", "DoseOnCamera", "AppliedDefocus", "FindFoilHoleCenterResults", "FractionationSettings",
        "ElectronCountingEnabled", "SuperResolutionFactor",
    ]

    @Test("Noise has the size of the picture that it stands for, and nothing else of it")
    func noise() throws {
        let folder = try TemporaryFolder()
        let made = try ToolRun.run("epu-simulate", ["make", "s", "--exposures", "12"], in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try ToolRun.run("epu-ingest", ["sample", "s", "one", "--images"], in: folder.path).status == 0)
        let pictures = try Project.paths(below: folder["s"]).filter { $0.hasSuffix(".jpg") }
        let grey = try JPEGEncoder.grey([UInt8](repeating: 99, count: 512 * 364), width: 512, height: 364, quality: 75)
        for path in pictures { try folder.write("s/" + path, grey) }
        #expect(try ToolRun.run("epu-ingest", ["sample", "s", "two", "--images"], in: folder.path).status == 0)
        let copies = try Project.paths(below: folder["one"]).filter { $0.hasSuffix(".jpg") }
        #expect(copies.count == pictures.count)
        for path in copies {
            let picture = try JPEGDecoder().decodeGrey(path: folder["one/" + path])
            #expect(picture.width == 512 && picture.height == 364)
            #expect(Set(picture.pixels).count > 50)
            let (one, two) = (folder["one/" + path], folder["two/" + path])
            #expect(FileManager.default.contents(atPath: one) == FileManager.default.contents(atPath: two))
        }
    }
}
