import EPUCore
import EPUFormat

/// Writes the XML of a sample: what the rules name, with other ids, names and times.
struct SampleXML: SampleSink {
    private let names: SampleNames
    private let session: Int
    private(set) var text = ""

    init(_ names: SampleNames, session: Int) {
        self.names = names
        self.session = session
    }

    static let namespaces =
        "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:z=\"http://schemas.microsoft.com/2003/10/Serialization/\""

    /// A document of EPU's with one root, as it is written.
    mutating func document(_ root: XMLElement, _ name: String, _ rules: [String: SampleRule], inside: String = "") {
        text += "<?xml version=\"1.0\"?>\n<\(name) \(Self.namespaces)"
        if let version = root.assemblyVersion, Self.isVersion(version) {
            text += " z:Assembly=\"Applications.Epu.Persistence, Version=\(version)\""
        }
        text += ">"
        walk(partsOf: root, rules)
        text += inside
        text += "</\(name)>"
    }

    private static func isVersion(_ text: String) -> Bool {
        text.utf8.count <= 24 && text.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    }

    mutating func open(_ name: String, type: String?) {
        text += "<\(name)"
        if let type { text += " i:type=\"\(names.word(type))\"" }
        text += ">"
    }

    mutating func close(_ name: String) { text += "</\(name)>" }

    mutating func key(_ key: String, camera: String?) {
        text += "<Key>\(camera.map { "Detectors[\(names.camera($0))]." } ?? "")\(key)</Key>"
    }

    mutating func leaf(_ name: String, _ leaf: SampleLeaf, _ element: XMLElement) {
        // An element that has no value stays without one: that it is there may count.
        guard let value = value(leaf, element) else {
            text += "<\(name)/>"
            return
        }
        text += "<\(name)>\(value)</\(name)>"
    }

    private func value(_ leaf: SampleLeaf, _ element: XMLElement) -> String? {
        switch leaf {
        case .number: element.number == nil ? nil : element.text
        case .flag: element.flag.map { $0 == 1 ? "true" : "false" }
        case .id: element.integer.map { String(names.numbers[$0]) }
        case .acquired: element.time.flatMap { $0.utcOffsetMinutes == nil ? nil : names.clock.text($0) }
        case .start: element.time.map(names.clock.text)
        case .moment:
            element.integer.map { String(names.clock.moved(microseconds: $0)) }
                ?? element.time.map(names.clock.text)
        case .version: element.text.flatMap { Self.isVersion($0) ? $0 : nil }
        case .base: element.text.map { names.baseInText($0, session: session) }
        case .squareFile: element.text.map(names.squareFile)
        case .word: element.text.map(names.word)
        case .camera: element.text.map(names.camera)
        case .model: element.text.map(names.model)
        case .text(let kind): element.text.map { names.texts($0, kind) }
        }
    }
}
