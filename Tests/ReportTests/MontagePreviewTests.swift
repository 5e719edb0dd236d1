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

    @Test(
        "Pictures of few pairs are kept where they are large: a page has no more than eight of full size",
        arguments: [(512, 364, 4, 24), (512, 512, 4, 24), (1024, 1024, 4, 24), (2048, 2048, 1, 8), (4096, 4096, 1, 8)])
    func kept(width: Double, height: Double, pairs: Int, pictures: Int) {
        let tiles = MontageTiles(loader: PreviewLoader(scale: .full), holeImages: [:], box: (width, height))
        #expect(tiles.pairsReadTogether == pairs)
        #expect(tiles.recentPictures == pictures)
    }
}
