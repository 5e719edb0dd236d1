/// Pieces of the XML that .NET's DataContractSerializer writes: one line, prefixes declared where they are used.
enum Namespace {
    static let sharedObjects = "http://schemas.datacontract.org/2004/07/Fei.SharedObjects"
    static let instance = "http://www.w3.org/2001/XMLSchema-instance"
    static let schema = "http://www.w3.org/2001/XMLSchema"
    static let arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
    static let serialization = "http://schemas.microsoft.com/2003/10/Serialization/"
    static let types = "http://schemas.datacontract.org/2004/07/Fei.Types"
    static let drawing = "http://schemas.datacontract.org/2004/07/System.Drawing"
    static let media = "http://schemas.datacontract.org/2004/07/System.Windows.Media"
    static let commonTypes = "http://schemas.datacontract.org/2004/07/Fei.Common.Types"
    static let fractionation = "http://schemas.datacontract.org/2004/07/Fei.Applications.Common.Omp.Interface"
    static let applicationTypes = "http://schemas.datacontract.org/2004/07/Fei.Applications.Common.Types"
    static let services = "http://schemas.datacontract.org/2004/07/Fei.Applications.Common.Services"
    static let generic = "http://schemas.datacontract.org/2004/07/System.Collections.Generic"
    static let system = "http://schemas.datacontract.org/2004/07/System"
}

/// An element, `<name attributes>content</name>`.
func element(_ name: String, _ attributes: String = "", _ content: String) -> String {
    attributes.isEmpty ? "<\(name)>\(content)</\(name)>" : "<\(name) \(attributes)>\(content)</\(name)>"
}

func nilElement(_ name: String, _ attributes: String = "") -> String {
    attributes.isEmpty ? "<\(name) i:nil=\"true\"/>" : "<\(name) i:nil=\"true\" \(attributes)/>"
}

func declaration(_ prefix: String, _ namespace: String) -> String { "xmlns:\(prefix)=\"\(namespace)\"" }

/// A number as .NET writes it: `8.3E-07`, `-0`, `1.44E+21`, `2880`.
func epuNumber(_ value: Double) -> String {
    let text = value.description
    guard let exponentSign = text.firstIndex(of: "e") else {
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let mantissa = text[..<exponentSign]
    var exponent = text[text.index(after: exponentSign)...]
    let sign = exponent.hasPrefix("-") ? "-" : "+"
    exponent.removeFirst()
    let digits = exponent.count < 2 ? "0" + exponent : String(exponent)
    return (mantissa.hasSuffix(".0") ? String(mantissa.dropLast(2)) : String(mantissa)) + "E" + sign + digits
}

extension String {
    /// The string with `&`, `<` and `>` escaped, so that it is safe as an XML text.
    var escapedForXML: String {
        contains(where: { "&<>".contains($0) })
            ? replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;") : self
    }
}

/// A text with `{named}` gaps, cut up once and filled many times.
struct XMLTemplate: Sendable {
    private let pieces: [[UInt8]]
    private let names: [String]

    init(_ text: String) {
        var pieces: [[UInt8]] = []
        var names: [String] = []
        var rest = text[...]
        while let opening = rest.firstIndex(of: "{"), let closing = rest[opening...].firstIndex(of: "}") {
            pieces.append(Array(rest[..<opening].utf8))
            names.append(String(rest[rest.index(after: opening)..<closing]))
            rest = rest[rest.index(after: closing)...]
        }
        pieces.append(Array(rest.utf8))
        self.pieces = pieces
        self.names = names
    }

    /// - Parameter values: The text for each gap, by its name.
    func filled(_ values: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count } + 32 * names.count)
        for (piece, name) in zip(pieces, names) {
            bytes += piece
            bytes += (values[name] ?? "").utf8
        }
        bytes += pieces[pieces.count - 1]
        return bytes
    }
}
