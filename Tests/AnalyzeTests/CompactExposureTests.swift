import EPUCore
import Testing

@testable import epu_analyze

@Suite("The memory of a million exposures")
struct SessionExposureSizeTests {
    @Test("An exposure takes 88 bytes; what is not known comes back as not known")
    func size() {
        #expect(MemoryLayout<SessionExposure>.stride == 88)
        var exposure = SessionExposure(
            exposureID: 1, sessionID: 1, foilHole: 1, area: 1, stage: .zero, beamShift: .zero)
        #expect(exposure.gridSquare == nil && exposure.dose == nil && exposure.beamDiameter == nil)
        exposure.dose = 0
        exposure.beamDiameter = 0.5
        #expect(exposure.dose == 0 && exposure.beamDiameter == 0.5)
        exposure.dose = nil
        #expect(exposure.dose == nil)
    }
}

@Suite("Columns")
struct ColumnTests {
    @Test("Indices and numbers come back as they were, and what is not known as not known")
    func values() {
        var indices = IndexColumn([3, 0, Int(Int32.max)])
        indices.append(7)
        indices[1] = 5
        #expect(indices.elementsEqual([3, 5, Int(Int32.max), 7]))
        #expect(OptionalIndexColumn([nil, 0, 4]).elementsEqual([nil, 0, 4]))
        #expect(OptionalNumberColumn([nil, 0, -1.5, .infinity]).elementsEqual([nil, 0, -1.5, .infinity]))
    }
}
