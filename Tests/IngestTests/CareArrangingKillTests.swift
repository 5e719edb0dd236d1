import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("split and join that are killed")
struct CareArrangingKillTests {
    @Test("leave the archive as it was or do all of it, whenever they are killed, and the next run completes it")
    func killed() async throws {
        let arranging = try Arranging()
        try arranging.simulate("s", "--exposures 600 --seed 3")
        try await ingest([arranging.folder["s"]], into: arranging.database)
        let time = try arranging.time(300)
        var isSplit = false
        var kills = 0
        for number in 0..<40 {
            let words = isSplit ? ["join", "s", "late"] : ["split", "s", "--from", time, "--name", "late"]
            let wasKilled = try KilledTool.run(
                "epu-ingest", words + ["--db", arranging.database], killAfter: 0.005 + 0.004 * Double(number % 20))
            kills += wasKilled ? 1 : 0
            let numbers = try arranging.numbers()
            #expect([["s": 600], ["s": 300, "late": 300]].contains(numbers), "\(numbers)")
            isSplit = numbers.count == 2
            if number % 10 == 9 { try arranging.expectSound() }
        }
        #expect(kills > 5)
        try arranging.epuIngest(isSplit ? "join s late" : "split s --from \(time) --name late")
        #expect(try arranging.numbers().count == (isSplit ? 1 : 2))
        try arranging.expectSound()
    }
}
