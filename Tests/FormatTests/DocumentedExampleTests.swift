import EPUCore
import EPUFormat
import Foundation
import TestSupport
import Testing

@testable import epu_simulate

/// The example in the documentation of `ImageMetadata` is for people who use the library in a package of their own: it has to
/// compile, to run, and to stay what is compiled and run here.
@Suite("The documented example of reading an image")
struct DocumentedExampleTests {
    /// Runs the example, and gives what it prints.
    private func run(_ path: String) throws -> [String] {
        var printed: [String] = []
        func print(_ line: String) { printed.append(line) }
        // The example begins.
        let xml = try Data(contentsOf: URL(fileURLWithPath: path))
        let image = try xml.withUnsafeBytes { bytes in
            try XMLReader().read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
        }
        if let shift = image.beamShift {
            print("The beam was shifted by \(shift.x) in x and \(shift.y) in y, in EPU's units.")
        }
        // The example ends.
        return printed
    }

    @Test("It prints the beam shift that a simulated exposure's XML has")
    func printsBeamShift() throws {
        let folder = try TemporaryFolder()
        var options = SimulationOptions()
        options.exposures = 100
        options.images = false
        try Simulation(options).write(to: folder["s"])
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder["s"])
        let path = try #require(paths.sorted().first { $0.contains("/Data/") && $0.hasSuffix(".xml") })
        let xml = try folder.text("s/" + path)
        let written = try #require(xml.firstMatch(of: /<BeamShift .*?_x>([^<]+)<.*?_y>([^<]+)</))
        let (x, y) = (try #require(Double(written.1)), try #require(Double(written.2)))
        #expect(x != 0)
        #expect(y != 0)
        #expect(try run(folder["s/" + path]) == ["The beam was shifted by \(x) in x and \(y) in y, in EPU's units."])
    }

    @Test("Its lines are those that run here, below the imports of what it uses")
    func sameLines() throws {
        let prefix = "///     "
        let lines = try Self.lines("Sources/Format/ImageMetadata.swift")
        let first = try #require(lines.firstIndex { $0.hasPrefix(prefix) })
        let example = lines[first...].prefix { $0.hasPrefix("///") }
            .map { String($0.dropFirst(prefix.count)) }
        let imports = example.prefix { !$0.isEmpty }
        #expect(imports.allSatisfy { $0.hasPrefix("import ") })
        let own = try Self.lines("Tests/FormatTests/DocumentedExampleTests.swift")
        #expect(imports.filter { !own.contains($0) }.isEmpty)
        let begin = try #require(own.firstIndex { $0.hasSuffix("// The example begins.") })
        let end = try #require(own.firstIndex { $0.hasSuffix("// The example ends.") })
        let run = own[(begin + 1)..<end].map { String($0.dropFirst("        ".count)) }
        #expect(Array(example.dropFirst(imports.count + 1)) == run)
    }

    private static func lines(_ file: String) throws -> [String] {
        try Project.text(file).components(separatedBy: "\n")
    }
}
