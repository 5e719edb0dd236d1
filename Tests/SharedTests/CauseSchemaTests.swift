import EPUCore
import GRDB
import Testing

@testable import EPUArchive

@Suite("What the schema says of causes, methods and choices is what the enums say")
struct CauseSchemaTests {
    private let schema = String(decoding: PackageResources.schema_sql, as: UTF8.self)

    private func words(_ list: some StringProtocol) -> [String] {
        String(list).matches(of: /'([a-z-]+)'/).map { String($0.1) }
    }

    @Test("overlap.cause takes the causes of the enum and no others")
    func causes() throws {
        let check = try #require(schema.firstMatch(of: /CHECK \((cause = [^)]*)\)/))
        #expect(words(check.1) == OverlapCause.allCases.map(\.rawValue))
    }

    @Test("counted_overlap leaves out what is planned")
    func planned() throws {
        let view = try #require(schema.firstMatch(of: /CREATE VIEW counted_overlap AS[^;]*;/))
        #expect(words(view.0) == OverlapCause.allCases.filter(\.isPlanned).map(\.rawValue))
    }

    @Test("The comments on calibration tell each method and each choice")
    func calibrations() throws {
        let table = try #require(schema.firstMatch(of: /CREATE TABLE calibration \([\s\S]*?STRICT/)).0
        let method = try #require(table.firstMatch(of: /method .*-- (.*)/)).1
        #expect(
            Set(method.matches(of: /[a-z]+/).map { String($0.0) }).isSuperset(
                of: CalibrationMethod.allCases.map(\.rawValue)))
        let chosen = try #require(table.firstMatch(of: /chosen .* DEFAULT (\d),  -- (.*)/))
        #expect(Int(chosen.1) == CalibrationChoice.candidate.rawValue)
        #expect(chosen.2.matches(of: /(\d):/).map { Int($0.1) } == [CalibrationChoice.best, .asked].map(\.rawValue))
    }

    @Test("No two causes have one colour or one explanation")
    func distinct() {
        #expect(Set(OverlapCause.allCases.map(\.hexColour)).count == OverlapCause.allCases.count)
        for words in [\OverlapCause.explanation, \.plainWords, \.circumstance] {
            #expect(Set(OverlapCause.allCases.map { $0[keyPath: words] }).count == OverlapCause.allCases.count)
        }
    }
}
