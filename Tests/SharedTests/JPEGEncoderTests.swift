import EPUCore
import EPUDrawing
import Testing

@Suite("JPEG encoder")
struct JPEGEncoderTests {
    private let gradient = (0..<64 * 48).map { UInt8(truncatingIfNeeded: $0 % 64 * 4) }

    @Test("A picture becomes a grey baseline JPEG of its size, the same bytes each time")
    func encodes() throws {
        let bytes = try JPEGEncoder.grey(gradient, width: 64, height: 48, quality: 75)
        #expect(bytes.prefix(3) == [0xff, 0xd8, 0xff])
        #expect(bytes.suffix(2) == [0xff, 0xd9])
        // Start of a baseline frame: length, precision 8, height, width, one component.
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        #expect(Array(bytes[(frame + 4)..<(frame + 10)]) == [8, 0, 48, 0, 64, 1])
        #expect(try JPEGEncoder.grey(gradient, width: 64, height: 48, quality: 75) == bytes)
    }

    @Test("A lower quality is a smaller file")
    func quality() throws {
        let noise = (0..<64 * 48).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let coarse = try JPEGEncoder.grey(noise, width: 64, height: 48, quality: 20)
        let fine = try JPEGEncoder.grey(noise, width: 64, height: 48, quality: 95)
        #expect(coarse.count < fine.count)
    }

    @Test(
        "Sizes and qualities that make no sense are refused",
        arguments: [(64, 47, 75), (0, 0, 75), (64, 48, 0), (64, 48, 101)])
    func refuses(width: Int, height: Int, quality: Int) {
        #expect(throws: Failure.self) {
            try JPEGEncoder.grey(gradient, width: width, height: height, quality: quality)
        }
    }
}
