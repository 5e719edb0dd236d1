import EPUDrawing
import TestSupport
import Testing

@testable import epu_report

@Suite("Previews of odd shapes")
struct MontagePreviewTests {
    @Test("A strip of a picture has a size, if only of one pixel", arguments: [(8, 65000), (65000, 8), (1, 1)])
    func strip(width: Int, height: Int) throws {
        let folder = try TemporaryFolder()
        let pixels = [UInt8](repeating: 90, count: width * height)
        let path = try folder.write(
            "strip.jpg", try JPEGEncoder.grey(pixels, width: width, height: height, quality: 75))
        let size = try #require(PreviewLoader(scale: nil).size(path))
        #expect(size.width >= 1 && size.height >= 1)
        #expect(max(size.width, size.height) <= 512)
    }
}
