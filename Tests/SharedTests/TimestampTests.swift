import EPUCore
import Testing

@Suite("Times")
struct TimestampTests {
    @Test("EPU's times keep every digit and the microscope's clock")
    func epuText() throws {
        let time = try #require(LocalTime(epuText: "2024-09-01T06:01:10.041501+02:00"))
        #expect(time.instant.archiveText == "2024-09-01T04:01:10.0415010Z")
        #expect(time.utcOffsetMinutes == 120)
        #expect(time.epuText == "2024-09-01T06:01:10.041501+02:00")
        #expect(time.microscopeText == "2024-09-01 06:01:10")
    }

    @Test(
        "Text order is time order, across years and offsets",
        arguments: [
            ("2023-12-31T23:59:59.9999999Z", "2024-01-01T00:00:00Z"),
            ("2024-01-01T00:30:00+01:00", "2023-12-31T23:45:00+00:00"),
            ("2024-02-28T23:59:59Z", "2024-02-29T00:00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z"),
        ])
    func ordering(earlier: String, later: String) throws {
        let a = try #require(LocalTime(epuText: earlier)).instant
        let b = try #require(LocalTime(epuText: later)).instant
        #expect(a < b)
        #expect(a.archiveText < b.archiveText)
        #expect(Timestamp(archiveText: a.archiveText) == a)
    }

    @Test(
        "Nonsense is refused",
        arguments: [
            "", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00.Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00+2:00", "2024-01-01T00:00:00Zx",
            "2024-01-01T00:00:60Z", "\u{0662}024-01-01T00:00:00Z",
        ])
    func refused(text: String) { #expect(LocalTime(epuText: text) == nil) }

    @Test("A name's time is read in both lengths")
    func nameTimes() {
        #expect(timeOfName("FoilHole_1_Data_2_3_20250108_154915")?.archiveText == "2025-01-08T15:49:15.0000000Z")
        #expect(timeOfName("FoilHole_1_Data_2_3_20190513_1722")?.archiveText == "2019-05-13T17:22:00.0000000Z")
        #expect(timeOfName("FoilHole_1_Data_2_3_20191313_1722") == nil)
        #expect(timeOfName("holiday") == nil)
    }
}
