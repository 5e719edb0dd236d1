import EPUCore
import Foundation
import FoundationXML
import Testing

@testable import epu_simulate

/// Runs a test with a folder of its own, and removes it afterwards.
func inTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "epu-simulate-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// A small session without pictures, changed as a test needs it.
func quickOptions(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
    var options = SimulationOptions()
    options.exposures = 240
    options.clusterRadius = 4
    options.images = false
    change(&options)
    return options
}

/// All files below a folder with their contents, by relative path.
func tree(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
        var isFolder: ObjCBool = false
        let full = folder + "/" + path
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue else {
            continue
        }
        files[path] = try Data(contentsOf: URL(fileURLWithPath: full))
    }
    return files
}

/// The files of a session of 100 exposures.
func writtenSession(
    _ version: EPUVersion, _ change: (inout SimulationOptions) -> Void = { _ in }
) throws -> [String: Data] {
    try inTemporaryFolder { folder in
        let options = quickOptions {
            $0.epuVersion = version
            $0.exposures = 100
            change(&$0)
        }
        try Simulation(options).write(to: folder + "/grid")
        return try tree(folder)
    }
}

/// An XML file as a list of its elements, in document order.
struct Elements {
    struct Element {
        /// Local names from the root.
        let path: String
        /// With the namespace of each.
        let qualified: String
        let text: String
    }

    let all: [Element]

    init(_ data: Data) throws {
        let reader = Reader()
        let parser = XMLParser(data: data)
        parser.shouldProcessNamespaces = true
        parser.delegate = reader
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "\(String(describing: parser.parserError))")
        all = reader.elements.map { Element(path: $0.path, qualified: $0.qualified, text: $0.text) }
    }

    func texts(_ path: String) -> [String] { all.filter { $0.path.hasSuffix(path) }.map(\.text) }

    func number(_ path: String) throws -> Double {
        let text = try #require(texts(path).first, "\(path)")
        return try #require(Double(text), "\(path)")
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(path: String, qualified: String, text: String)] = []
        private var names: [String] = []
        private var qualified: [String] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            names.append(name)
            qualified.append("{\(namespaceURI ?? "")}\(name)")
            open.append(elements.count)
            elements.append((names.joined(separator: "/"), qualified.joined(separator: "/"), ""))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if let index = open.last { elements[index].text += string }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            names.removeLast()
            qualified.removeLast()
            open.removeLast()
        }
    }
}

/// Stage read-back and beam shift of a written exposure.
func placement(_ data: Data) throws -> (stage: Vector2, beamShift: Vector2) {
    let xml = try Elements(data)
    return (
        Vector2(
            try xml.number("microscopeData/stage/Position/X") * 1e6,
            try xml.number("microscopeData/stage/Position/Y") * 1e6),
        Vector2(try xml.number("optics/BeamShift/_x"), try xml.number("optics/BeamShift/_y"))
    )
}

func dataFiles(_ files: [String: Data]) -> [(name: ExposureName, data: Data)] {
    files.sorted { $0.key < $1.key }.compactMap { path, data in
        guard path.contains("/Data/"), let parsed = ExposureName.parse((path as NSString).lastPathComponent),
            parsed.rest == ".xml"
        else { return nil }
        return (parsed.name, data)
    }
}
