import EPUCore
import Foundation

/// The keys of the objects in JSON texts, by where an object stands: `[].analysis` is a property of each object of the list.
struct JSONKeys {
    private var keys: [String: Set<String>] = [:]

    mutating func add(_ text: String) throws {
        add(try JSONSerialization.jsonObject(with: Data(text.utf8)), at: "")
    }

    private mutating func add(_ value: Any, at path: String) {
        if let list = value as? [Any] {
            for element in list { add(element, at: path + "[]") }
        } else if let object = value as? [String: Any] {
            let isTable = Self.isTable(object.keys)
            keys[path, default: []].formUnion(isTable ? ["a word each"] : Array(object.keys))
            for (key, value) in object { add(value, at: path + "." + (isTable ? "*" : key)) }
        }
    }

    /// Whether the keys are words that the archive has, as causes are: which of them there are is for the sessions to say.
    private static func isTable(_ keys: some Collection<String>) -> Bool {
        keys.contains { $0.contains("-") } || (!keys.isEmpty && keys.allSatisfy { OverlapCause(rawValue: $0) != nil })
    }

    var lines: [String] {
        keys.sorted { $0.key < $1.key }.map { path, keys in
            (path.isEmpty ? "." : path) + ": " + keys.sorted().joined(separator: ", ")
        }
    }
}
