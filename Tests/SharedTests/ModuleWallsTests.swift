import TestSupport
import Testing

/// Which modules the files of each folder of Sources may import.
///
/// The compiler does not keep these walls: it finds every module of the package that happens to have been built before, and
/// Package.swift is easily given one dependency more. What is lost by it shows much later, in a stage that can no longer be
/// changed alone, or in a library that other packages cannot build.
@Suite("The walls between modules")
struct ModuleWallsTests {
    struct Wall: Sendable, CustomTestStringConvertible {
        let folder: String
        let imports: Set<String>
        let reason: String

        var testDescription: String { folder }
    }

    /// What comes with Swift; every module may use it.
    private static let ofSwift: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]
    private static let ofStages: Set<String> = ["EPUCore", "EPUArchive", "EPUConsole", "ArgumentParser", "GRDB"]

    private static let walls = [
        Wall(
            folder: "Shared/Core", imports: [],
            reason: "all others rest on it, and it must build where none of their libraries is"),
        Wall(
            folder: "Shared/Archive", imports: ["EPUCore", "GRDB", "GRDBSQLite"],
            reason: "the archive can be read without a command line and without drawing"),
        Wall(
            folder: "Shared/Console", imports: ["EPUCore", "ArgumentParser"],
            reason: "what is said on a terminal is the same for all tools, whatever they read"),
        Wall(
            folder: "Shared/Drawing", imports: ["EPUCore", "CCairo", "CPNGWriter", "CTurboJPEG"],
            reason: "it draws values, wherever they come from"),
        Wall(
            folder: "Format", imports: ["EPUCore", "CXML2"],
            reason: "other packages read EPU's files with it, and need neither SQLite nor Cairo for that"),
        Wall(
            folder: "Ingest", imports: ofStages.union(["EPUFormat", "CZlib"]),
            reason: "it is the stage from files to the archive, through which alone it meets the other stages"),
        Wall(
            folder: "Analyze", imports: ofStages.union(["EPUDrawing"]),
            reason: "it is the stage from the archive to the archive, through which alone it meets the other stages"),
        Wall(
            folder: "Report", imports: ofStages.union(["EPUDrawing", "CZlib"]),
            reason:
                "it is the stage from the archive to pages and lists; it meets the other stages in the archive alone"),
        Wall(
            folder: "Simulate", imports: ofStages.union(["EPUDrawing"]),
            reason: "its sessions test the readers of EPU's files, so that it may not use what these know of the format"
        ),
    ]

    /// The modules that a Swift file imports, in whatever way.
    private static func imports(_ text: String) -> [String] {
        let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set<Substring> = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"]
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").drop { $0.hasPrefix("@") || access.contains($0) }
            guard words.first == "import" else { return nil }
            return words.dropFirst().first { !kinds.contains($0) }.map { String($0.prefix { $0 != "." }) }
        }
    }

    @Test("A file imports only what its folder may", arguments: walls)
    func fileKeepsWalls(wall: Wall) throws {
        let files = try Project.files(in: "Sources/\(wall.folder)", suffix: ".swift")
        #expect(!files.isEmpty)
        let allowed = wall.imports.union(Self.ofSwift)
        for file in files {
            for module in Self.imports(try Project.text(file)) where !allowed.contains(module) {
                Issue.record(
                    """
                    \(file) imports \(module). Sources/\(wall.folder) may import only \
                    \(allowed.sorted().joined(separator: ", ")): \(wall.reason).
                    """)
            }
        }
    }

    @Test("Every Swift file of Sources stands behind one of the walls")
    func everyFileHasWalls() throws {
        let homeless = try Project.files(in: "Sources", suffix: ".swift").filter { file in
            !Self.walls.contains { file.hasPrefix("Sources/\($0.folder)/") }
        }
        #expect(homeless.isEmpty, "say in this test what they may import, and why")
    }

    @Test("An import is seen in each of its forms, and a word of a comment or a text is none")
    func formsOfImports() {
        let text = """
            // import Comment
            import Plain
            public import Public
            @testable import Testable
            @_exported public import Exported
            @_spi(Name) import Secret
            import Commented  // Why.
            import struct Kind.Part
              internal import Indented
            let text = "import Text"
            important()
            """
        #expect(
            Self.imports(text) == [
                "Plain", "Public", "Testable", "Exported", "Secret", "Commented", "Kind", "Indented",
            ])
    }
}
