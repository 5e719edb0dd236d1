import ArgumentParser
import GRDB
import Testing

@testable import EPUArchive
@testable import epu_analyze

@Suite("Criteria on the command line")
struct CriteriaOptionsTests {
    @Test("Every criterion has its option, which asks for it and for nothing else", arguments: OverlapCriterion.all)
    func roundTrip(criterion: OverlapCriterion) throws {
        var asking = OverlapCriteria()
        switch criterion.value(asking) {
        case .number(let number): criterion.read([criterion.column: (number ?? 0) + 0.25], &asking)
        case .flag(let flag): criterion.read([criterion.column: !flag], &asking)
        }
        let parsed = try CriteriaOptions.parse(asking.options)
        #expect(parsed.criteria == asking, "--\(criterion.option)")
        #expect(!parsed.isEmpty)
        #expect(try CriteriaOptions.parse([]).isEmpty)
    }
}
