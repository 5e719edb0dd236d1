import Foundation
import TestSupport
import Testing

/// Which folder of Analyze may use which: each only those above it in the list, so that none is reached by a circle.
///
/// The compiler sees one module and keeps no such order. Where folders use each other, none of them can be read, tested or
/// changed without the others.
@Suite("The order of Analyze's folders")
struct FolderOrderTests {
    /// From what everything rests on to what rests on everything.
    private static let order = [
        "Session", "Placing", "Calibration/Lattice", "Calibration", "Calibration/Input", "Calibration/Methods",
        "Positions", "Calibration/Result", "Grids", "Causes", "Overlaps", "Sweep", "Compare", "Publish", "Review",
        "List",
        "Commands", "",
    ]
    private static let root = "Sources/Analyze"

    /// A type of one folder, or a member that it adds to a type by an extension, in a file of another.
    private struct Use {
        let file: String
        let name: String
        let from: String
        let to: String
    }

    private struct Source {
        let file: String
        let text: String

        init(_ file: String) throws {
            self.file = file
            // Comments may name any type.
            text = try Project.text(file).split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
                .joined(separator: "\n")
        }

        var folder: String {
            String((file as NSString).deletingLastPathComponent.dropFirst(root.count).drop { $0 == "/" })
        }

        /// The types that other files can see, declared at the beginning of a line.
        var types: [String] {
            text.matches(of: /(?m)^(?:struct|enum|final class|class|protocol|actor) (\w+)/).map { String($0.1) }
        }

        /// The members that the file's extensions add to types, for other files to see.
        var members: [String] {
            text.matches(of: /(?ms)^extension [^\n]*\{\n.*?^\}/).flatMap { block in
                block.0.matches(of: /(?m)^    (?:static |mutating )*(?:func|var|let) (\w+)/).map { String($0.1) }
            }
        }

        /// The names of all functions, properties and cases.
        var declared: Set<String> {
            Set(text.matches(of: /\b(?:func|var|let|case) (\w+)/).map { String($0.1) })
        }

        /// The words after a dot that begin with a small letter.
        var memberWords: Set<String> { Set(text.matches(of: /\.([a-z]\w*)/).map { String($0.1) }) }

        /// The words that begin with a capital letter; what follows a dot is a part of another type.
        var words: Set<String> {
            Set(text.matches(of: /(^|[^.\w])([A-Z]\w*)/).map { String($0.2) })
        }
    }

    private static func uses() throws -> [Use] {
        let sources = try Project.files(in: root, suffix: ".swift").map(Source.init)
        let types = Dictionary(sources.flatMap { source in source.types.map { ($0, source.folder) } }) { $1 }
        let members = try homeOfMembers(sources)
        return sources.flatMap { source in
            let names = source.words.compactMap { word in types[word].map { (word, $0) } }
            let memberNames = source.memberWords.compactMap { word in members[word].map { (word, $0) } }
            return (names + memberNames).filter { $0.1 != source.folder }.sorted { $0.0 < $1.0 }
                .map { Use(file: source.file, name: $0.0, from: source.folder, to: $0.1) }
        }
    }

    /// The folders of the members of extensions whose names nothing else bears: of others, the text alone does not tell which
    /// is meant.
    private static func homeOfMembers(_ sources: [Source]) throws -> [String: String] {
        let shared = try Project.files(in: "Sources/Shared", suffix: ".swift").map(Source.init)
        let elsewhere = shared.reduce(into: Set<String>()) { $0.formUnion($1.declared) }
        var homes: [String: Set<String>] = [:]
        for source in sources { for name in source.declared { homes[name, default: []].insert(source.folder) } }
        let members = Set(sources.flatMap(\.members)).subtracting(elsewhere)
        return Dictionary(
            members.compactMap { name in
                guard let folders = homes[name], folders.count == 1, let folder = folders.first else { return nil }
                return (name, folder)
            }
        ) { $1 }
    }

    /// The folders by which one leads to another, both included; nil: it does not.
    private static func path(from start: String, to end: String, _ uses: [Use]) -> [String]? {
        var paths = [[start]]
        var seen: Set<String> = [start]
        while !paths.isEmpty {
            let path = paths.removeFirst()
            if path.last == end { return path }
            for use in uses where use.from == path.last && seen.insert(use.to).inserted {
                paths.append(path + [use.to])
            }
        }
        return nil
    }

    @Test("A folder uses only those above it in the list")
    func order() throws {
        let uses = try Self.uses()
        #expect(uses.count > 100, "the sources were read")
        #expect(uses.contains { $0.name.first?.isLowercase ?? false }, "members of extensions were found")
        for use in uses {
            let places = (Self.order.firstIndex(of: use.from), Self.order.firstIndex(of: use.to))
            guard let from = places.0, let to = places.1, from <= to else { continue }
            let circle = Self.path(from: use.to, to: use.from, uses)
            Issue.record(
                """
                \(use.file) uses \(use.name) of \(use.to), which stands below \(use.from) in this test's list. \
                \(circle.map { "It is a circle: " + ([use.from] + $0).joined(separator: " -> ") } ?? "It is no circle yet"). \
                Move it to where both may use it.
                """)
        }
    }

    @Test("Every folder has its place in the list")
    func everyFolder() throws {
        let folders = Set(try Project.files(in: Self.root, suffix: ".swift").map { try Source($0).folder })
        #expect(folders.subtracting(Self.order) == [], "say in this test what they may use")
        #expect(Set(Self.order).subtracting(folders) == [], "these folders have no files")
    }
}
