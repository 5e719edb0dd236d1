import Foundation
import TestSupport

/// What there is in the project to be named: files, folders, types, and every word of the code.
struct ProjectNames {
    /// The paths of all files and folders that are part of the project, within it.
    private let paths: [String]
    private let folders: Set<String>
    /// The words of each text file outside comments.
    private var words: [String: Set<String>] = [:]
    private var allWords: Set<String> = []
    /// The files that declare or extend a type.
    private var filesOfType: [String: [String]] = [:]
    private var types: Set<String> = []
    private var suites: Set<String> = []
    private let targets: Set<String>

    private static let declarations: Set<String> = ["struct", "enum", "class", "protocol", "actor", "typealias"]

    /// Reads the project without the files that are named: those that hold wrong names on purpose.
    init(except left: [String]) throws {
        let tops = try FileManager.default.contentsOfDirectory(atPath: Project.path)
            .filter { !$0.hasPrefix(".build") && ![".git", "demo"].contains($0) }
        var isFolder: ObjCBool = false
        paths = try tops.flatMap { top in
            guard FileManager.default.fileExists(atPath: Project.path + "/" + top, isDirectory: &isFolder),
                isFolder.boolValue
            else { return [top] }
            return try [top] + Project.files(in: top, suffix: "")
        }
        folders = Set(
            paths.flatMap { $0.split(separator: "/").dropLast().map(String.init) })
        targets = Set(try Project.text("Makefile").matches(of: /(?m)^([\w-]+):/).map { String($0.1) })
        let suffixes = [".swift", ".js", ".py", ".sql", ".txt"]
        for path in paths where suffixes.contains(where: path.hasSuffix) && !left.contains(where: path.hasSuffix) {
            try read(path)
        }
    }

    private mutating func read(_ path: String) throws {
        var found: Set<String> = []
        for line in try Project.text(path).utf8.split(separator: UInt8(ascii: "\n")) {
            let code = line.drop { $0 == UInt8(ascii: " ") }
            if code.starts(with: "//".utf8) { continue }
            let parts = code.split { !Self.isWord($0) }.map { String(Substring($0)) }
            found.formUnion(parts)
            guard path.hasSuffix(".swift") else { continue }
            for (kind, name) in zip(parts, parts.dropFirst()) {
                let isDeclared = Self.declarations.contains(kind)
                if isDeclared { types.insert(name) }
                if isDeclared, path.hasPrefix("Tests/") { suites.insert(name) }
                if isDeclared || kind == "extension" { filesOfType[name, default: []].append(path) }
            }
        }
        words[path] = found
        allWords.formUnion(found)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Whether there is such a file or folder. A path may leave out the folders that it begins with, and N is any number.
    func hasPath(_ path: String) -> Bool {
        let path = path.hasSuffix("/") ? String(path.dropLast()) : path
        let parts = path.replacing("(N-1)", with: "N").components(separatedBy: "-N.")
        return paths.contains { known in
            parts.count == 2
                ? known.contains(parts[0] + "-") && known.hasSuffix("." + parts[1])
                : known == path || known.hasSuffix("/" + path)
        }
    }

    func hasTarget(_ name: String) -> Bool { targets.contains(name) }

    /// Whether a type, a module or a folder has the name. Modules are imported, so that their names are words of the code.
    func hasType(_ name: String) -> Bool {
        types.contains(name) || folders.contains(name) || name.hasPrefix("EPU") && allWords.contains(name)
    }

    /// Whether a file that declares or extends the type has all words.
    func hasMembers(_ members: [String], of type: String) -> Bool {
        types.contains(type)
            && (filesOfType[type] ?? []).contains { file in members.allSatisfy { words[file]?.contains($0) == true } }
    }

    /// Whether a suite of tests has the text in its name, as `swift test --filter` looks for it.
    func hasSuite(_ part: String) -> Bool { suites.contains { $0.contains(part) } }

    /// Whether all words of a text are in the code of one of the files; in any code if there are no files.
    func hasWords(_ text: String, in files: [String]) -> Bool {
        let wanted = Self.wordsOf(text)
        let read = words.filter { path, _ in files.contains { path == $0 || path.hasSuffix("/" + $0) } }
        return read.isEmpty
            ? wanted.allSatisfy(allWords.contains) : read.values.contains { Set(wanted).isSubset(of: $0) }
    }

    /// The words of a text. One letter is no name, but stands for a number or the like.
    static func wordsOf(_ text: String) -> [String] {
        text.utf8.split { !isWord($0) }.map { String(Substring($0)) }.filter { $0.count > 1 }
    }
}
