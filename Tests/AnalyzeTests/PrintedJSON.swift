import Foundation

/// What a tool printed with --json, by the path of a value: `analysis.radius_um`, `0.session`.
struct PrintedJSON {
    private let value: Any?

    init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    private init(value: Any?) { self.value = value }

    subscript(_ path: String) -> PrintedJSON {
        var value = value
        for key in path.split(separator: ".") {
            if let index = Int(key), let list = value as? [Any] {
                value = list.indices.contains(index) ? list[index] : nil
            } else {
                value = (value as? [String: Any])?[String(key)]
            }
        }
        return PrintedJSON(value: value)
    }

    var number: Double? { (value as? NSNumber)?.doubleValue }
    var text: String? { value as? String }
    var count: Int? { (value as? [Any])?.count }
    var texts: [String] { value as? [String] ?? [] }
}
