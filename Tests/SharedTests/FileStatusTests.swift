import EPUCore
import TestSupport
import Testing

@testable import EPUArchive

@Suite("Statuses of files")
struct FileStatusTests {
    private let schema: String

    init() throws {
        schema = try Project.text("schema.sql").replacing(/\s+/, with: " ")
    }

    @Test("The archive takes the statuses that the tools know, and no other")
    func statuses() {
        #expect(schema.contains("CHECK \(FileStatus.allCases.sql(isIn: "status"))"))
    }

    @Test("The view and the index of problems have those that the tools count")
    func problems() {
        let problems = FileStatus.problems
        #expect(
            schema.contains("ON source_file(session_root_id, status) WHERE \(problems.sql(isIn: "status"));"))
        #expect(schema.contains("WHERE \(problems.sql(isIn: "f.status"));"))
    }

    @Test("Which statuses are problems is written in one place")
    func oncePlace() throws {
        for file in try Project.files(in: "Sources", suffix: ".swift") {
            let text = try Project.text(file)
            #expect(
                !text.contains(/'unreadable', *'malformed'|"unreadable", *"malformed"/),
                "\(file): use FileStatus.problems")
        }
    }
}
