import TestSupport
import Testing

@testable import epu_ingest

@Suite("What is known of sessions before a sample of them is written")
struct SampleSurveyTests {
    @Test("Names, clocks and texts of several sessions stay apart, also of those with many files")
    func several() throws {
        let folder = try TemporaryFolder()
        let hours = [1, -5, 2]
        for (session, hour) in hours.enumerated() {
            for number in 1...20 {
                var sample = SampleImage()
                sample.uniqueID = "id-\(session)-\(number)"
                sample.acquired = "2025-01-08T15:\(10 + number):18.0000000\(hour < 0 ? "-" : "+")0\(abs(hour)):00"
                try folder.write(
                    "s\(session)/Images-Disc1/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml",
                    sample.xml)
            }
            if session != 1 {
                try folder.write(
                    "s\(session)/EpuSession.dm", "<EpuSessionXml><Name>night \(session)</Name></EpuSessionXml>")
            }
        }
        let sessions = SessionFinder.sessions(
            below: try (0...2).map { try SessionFinder.readableFolder(folder["s\($0)"]) })
        let names = SampleSource(sessions, SampleSelection()).survey()
        #expect(names.sessionNames == ["night 0", "s1", "night 2"])
        #expect(names.offsets.map(\.usual) == hours.map { 60 * $0 })
        #expect(names.texts.count(.session) == 3)
        #expect(names.texts.count(.uniqueID) == 60)
    }
}
