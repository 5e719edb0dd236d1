import TestSupport
import Testing

/// architecture.md, changing.md and CONTRIBUTING.md: whoever follows a name in them finds something.
@Suite("Names in the documentation")
struct DocumentedNamesTests {
    private static let files = ["Documentation/architecture.md", "Documentation/changing.md", "CONTRIBUTING.md"]
    /// What is not in the project, with what it is.
    private static let elsewhere = [
        "C*": "all folders whose names begin with C",
        "FoilHole_..._Data_....xml": "a file of EPU",
        "optics/BeamShift/_x": "elements of EPU's XML",
        "gun_lens": "the column of an example",
        "row.column(\"gun_lens\", ...)": "a line of that example",
        "minInterval": "the property of an example",
        "report.html": "a file that epu-report writes",
        ".build/release": "a folder that the build makes",
        "shared/data": "a folder beside the project",
        "try!": "what no code may have", "fatalError": "what no code may have",
    ]
    /// The first words of commands that are no part of the project.
    private static let programs: Set<Substring> = ["swift", "git", "grep", "mkdir", "EPU_WRITE_SNAPSHOTS=1", "..."]

    /// What is wrong with a name; nil if the project has what it names.
    private static func problem(_ name: DocumentedName, in project: ProjectNames) -> String? {
        let text = name.text
        let first = text.prefix { $0 != " " }
        if elsewhere[text] != nil || programs.contains(first) && text.contains(" ") { return nil }
        if first == "make", text != first {
            return project.hasTarget(String(text.dropFirst(5))) ? nil : "the Makefile has no such target"
        }
        if let test = text.wholeMatch(of: /([A-Z]\w*)\/([a-z]\w*)/), project.hasSuite(String(test.1)) {
            return project.hasMembers([String(test.2)], of: String(test.1)) ? nil : "the suite has no such test"
        }
        if DocumentedName.isPath(text) { return project.hasPath(text) ? nil : "there is no such file or folder" }
        if text.wholeMatch(of: /[A-Z]\w*/) != nil {
            return project.hasType(text) ? nil : "there is no such type or folder"
        }
        if let member = text.wholeMatch(of: /([A-Z]\w*)\.(.*)/) {
            let words = ProjectNames.wordsOf(String(member.2))
            return project.hasMembers(words, of: String(member.1)) ? nil : "the type has no such member"
        }
        let isCode = project.hasWords(text, in: name.filesOfRow)
        return isCode ? nil : "the code\(name.filesOfRow.isEmpty ? "" : " of the files of its row") has no such name"
    }

    /// Read once for all tests.
    private static let project = Result { try ProjectNames(except: ["DocumentedNamesTests.swift"]) }

    @Test("Each file, folder, type and function that is named is there, and in the file that a recipe has it in")
    func names() throws {
        let project = try Self.project.get()
        for file in Self.files {
            let names = try DocumentedName.all(in: file)
            #expect(names.count > 20, "\(file) has fewer names than this test expects to read.")
            for name in names {
                if let problem = Self.problem(name, in: project) { Issue.record("\(name): \(problem).") }
            }
        }
    }

    @Test("Each filter that is given to swift test finds a suite")
    func filters() throws {
        let project = try Self.project.get()
        for file in Self.files {
            let filters = try Project.text(file).matches(of: /--filter ('[^']+'|\w+)/)
            for part in filters.flatMap({ ProjectNames.wordsOf(String($0.1)) }) where !project.hasSuite(part) {
                Issue.record("\(file): --filter \(part) finds no suite.")
            }
        }
    }

    @Test(
        "A wrong name of each kind is found",
        arguments: [
            "Shared/Core/NoSuchFile.swift", "NoSuchFile.md", "Shared/NoSuchFolder/", "NoSuchType",
            "OverlapCause.noSuchCase",
            "NoSuchType.all", "ImageMetadata.read(noSuchLabel:)", "noSuchFunction(", "no_such_column",
            "make no-such-target",
            "SourceNameTests/noSuchTest", "Tests/NoSuchFixtures/schema-N.sql",
        ])
    func wrongName(text: String) throws {
        let name = DocumentedName(file: "a.md", line: 1, text: text, filesOfRow: [])
        #expect(Self.problem(name, in: try Self.project.get()) != nil)
    }

    @Test("A name that the code has elsewhere, but not in the files of its row, is found")
    func nameOfAnotherFile() throws {
        let project = try Self.project.get()
        let there = DocumentedName(
            file: "a.md", line: 1, text: "versionOfIngest", filesOfRow: ["Shared/Archive/Migration.swift"])
        let elsewhere = DocumentedName(
            file: "a.md", line: 1, text: "versionOfIngest", filesOfRow: ["Shared/Core/Files/FileStatus.swift"])
        #expect(Self.problem(there, in: project) == nil)
        #expect(Self.problem(elsewhere, in: project) != nil)
    }

    @Test("What this test takes for something else is in the documentation")
    func exceptions() throws {
        let names = Set(try Self.files.flatMap(DocumentedName.all(in:)).map(\.text))
        for name in Self.elsewhere.keys where !names.contains(name) {
            Issue.record("`\(name)` is nowhere: take it out of this test.")
        }
    }
}
