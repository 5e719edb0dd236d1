import CTurboJPEG
import EPUDrawing
import Foundation
import Testing

@Suite("JPEG previews")
struct JPEGDecoderTests {
    private let folder: DrawingFolder
    private let decoder = JPEGDecoder()

    init() throws { folder = try DrawingFolder() }

    @Test("A picture comes back in each scale", arguments: JPEGDecoder.Scale.allCases)
    func scales(scale: JPEGDecoder.Scale) throws {
        let path = try store(jpeg(width: 101, height: 64, pixels: ramp(width: 101, height: 64)))
        let image = try decoder.decodeGrey(path: path, scale: scale)
        #expect(image.width == (101 + scale.rawValue - 1) / scale.rawValue)
        #expect(image.height == 64 / scale.rawValue)
        #expect(image.pixels.count == image.width * image.height)
        // The ramp still rises from black to white.
        let row = image.pixels.suffix(image.width)
        #expect(zip(row, row.dropFirst()).allSatisfy { Int($1) - Int($0) >= -3 })
        #expect(Int(row.first ?? 255) < 24 && Int(row.last ?? 0) > 231)
    }

    @Test("Colours become their brightness")
    func colour() throws {
        let green: [UInt8] = (0..<768).map { $0 % 3 == 1 ? 255 : 0 }
        let path = try store(
            jpeg(width: 16, height: 16, format: TJPF_RGB, subsampling: TJSAMP_420, pixels: green))
        let image = try decoder.decodeGrey(path: path)
        #expect(image.pixels.allSatisfy { abs(Int($0) - 150) <= 2 })
    }

    @Test(
        "The scale can follow from the size",
        arguments: [(512, 364, 1), (1024, 1024, 2), (4096, 4096, 8), (9, 9999, 8)])
    func fitting(width: Int, height: Int, divisor: Int) {
        #expect(JPEGDecoder.Scale.fitting(width: width, height: height, into: 512).rawValue == divisor)
    }

    @Test("A file that is missing, empty, a folder or a pipe says so")
    func noFile() throws {
        expectProblem("the file is missing", folder.file("none.jpg"))
        expectProblem("the file is missing", folder.file("none/none.jpg"))
        expectProblem("the file is empty", try store([]))
        expectProblem("not a file", folder.path)
        let pipe = folder.file("pipe.jpg")
        try #require(mkfifo(pipe, 0o600) == 0)
        expectProblem("not a file", pipe)
    }

    @Test("Text is no JPEG")
    func notJPEG() throws {
        expectProblem("the file is not a JPEG", try store(Array("<html>not found</html>".utf8)))
    }

    @Test("A file that was cut says so, wherever the cut is", arguments: [0.3, 0.6, 0.95])
    func cut(share: Double) throws {
        let whole = try jpeg(width: 64, height: 64, pixels: (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let bytes = Array(whole.prefix(max(700, Int(share * Double(whole.count)))))
        expectProblem("the JPEG is cut short", try store(bytes))
    }

    @Test("A file cut within its header, or with nonsense after it, is damaged")
    func damaged() throws {
        let whole = try jpeg(width: 64, height: 64, pixels: ramp(width: 64, height: 64))
        let nonsense: [UInt8] = [0xff, 0xd8] + Array(repeating: 7, count: 500)
        for bytes in [Array(whole.prefix(3)), Array(whole.prefix(150)), nonsense] {
            let problem = #expect(throws: PictureProblem.self) { _ = try decoder.decodeGrey(path: store(bytes)) }
            #expect(problem?.description.hasPrefix("the JPEG ") == true)
        }
        // A damaged file does not spoil the next one.
        #expect(try decoder.decodeGrey(path: store(whole)).width == 64)
    }

    @Test("CMYK is refused by name")
    func cmyk() throws {
        let grey = [UInt8](repeating: 90, count: 1024)
        let bytes = try jpeg(width: 16, height: 16, format: TJPF_CMYK, subsampling: TJSAMP_444, pixels: grey)
        expectProblem("the JPEG is in CMYK colours", try store(bytes))
    }

    @Test("A header that claims 30000 x 30000 pixels is refused before any memory is taken")
    func claimsTooMuch() throws {
        var bytes = try jpeg(width: 16, height: 16, pixels: ramp(width: 16, height: 16))
        let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xff, 0xc0]) })
        // Height and width follow the marker, its length and the precision (ITU T.81, B.2.2).
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
        let path = try store(bytes)
        for scale in JPEGDecoder.Scale.allCases {
            #expect(throws: PictureProblem("the JPEG is too large (30000 x 30000 pixels)")) {
                _ = try decoder.decodeGrey(path: path, scale: scale)
            }
        }
    }

    @Test("A file above the limit is not read")
    func hugeFile() throws {
        let path = folder.file("huge.jpg")
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        try #require(truncate(path, 1 << 40) == 0)
        expectProblem("the file is too large (1048576 MiB)", path)
    }

    @Test("Real previews are read", .enabled(if: Self.realPreview != nil, "the real data are not here"))
    func real() throws {
        let image = try decoder.decodeGrey(path: try #require(Self.realPreview))
        #expect(image.width == 512 && image.height == 364)
    }

    private static var realPreview: String? {
        let folder = "../shared/data/diamond-example/Images-Disc1/GridSquare_8999138/Data"
        let path = folder + "/FoilHole_9015883_Data_9017347_6_20250108_154915.jpg"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private func store(_ bytes: [UInt8]) throws -> String {
        let path = folder.file("picture.jpg")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func expectProblem(_ reason: String, _ path: String) {
        #expect(throws: PictureProblem(reason)) { _ = try decoder.decodeGrey(path: path) }
    }
}
