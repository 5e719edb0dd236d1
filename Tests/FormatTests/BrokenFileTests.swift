import EPUCore
import EPUFormat
import Foundation
import TestSupport
import Testing

@testable import epu_simulate

@Suite("A file that was cut or damaged")
struct BrokenFileTests {
    /// EpuSession.dm and a GridSquare .dm, as EPU would write them.
    private static let simulated: (session: [UInt8], holeMap: [UInt8])? = {
        guard let folder = try? TemporaryFolder() else { return nil }
        var options = SimulationOptions()
        options.exposures = 100
        options.images = false
        guard (try? Simulation(options).write(to: folder["s"])) != nil,
            let session = FileManager.default.contents(atPath: folder["s/EpuSession.dm"]),
            let map = folder.names("s/Metadata").first,
            let holeMap = FileManager.default.contents(atPath: folder["s/Metadata/" + map])
        else { return nil }
        return (Array(session), Array(holeMap))
    }()

    @Test("An exposure that ends anywhere before its end is incomplete")
    func cutImage() {
        let whole = Array(SampleImage().xml.utf8)
        for count in 0..<whole.count {
            let refusal = Documents.refusal { () throws(Unusable) in _ = try Documents.image(Array(whole[..<count])) }
            #expect(refusal?.status == .incomplete, "\(count) bytes: \(refusal?.reason ?? "read")")
        }
        #expect(throws: Never.self) { try Documents.image(whole) }
    }

    @Test("So it is behind a byte order mark, a declaration or a comment, and in UTF-16", arguments: [3, 61, 255])
    func cutImageOfAnEditor(stride step: Int) {
        let xml = "<?xml version=\"1.0\"?>\n<!-- é -->\n" + SampleImage().xml
        for whole in [[0xEF, 0xBB, 0xBF] + Array(xml.utf8), Encodings.utf16(xml, bigEndian: step == 3)] {
            // Of fewer bytes than an encoding takes nothing can be said.
            for count in stride(from: 8, to: whole.count, by: step) {
                let refusal = Documents.refusal { () throws(Unusable) in
                    _ = try Documents.image(Array(whole[..<count]))
                }
                #expect(refusal?.status == .incomplete, "\(whole[0]), \(count) bytes: \(refusal?.reason ?? "read")")
            }
        }
    }

    @Test("An EpuSession.dm that ends anywhere before its end is incomplete")
    func cutSession() throws {
        let whole = try #require(Self.simulated?.session)
        for count in stride(from: 0, to: whole.count, by: whole.count / 97) {
            let refusal = Documents.refusal { () throws(Unusable) in _ = try Documents.session(Array(whole[..<count])) }
            #expect(refusal?.status == .incomplete, "\(count) bytes: \(refusal?.reason ?? "read")")
        }
        #expect(try Documents.session(whole).name == "s")
    }

    @Test("A GridSquare .dm that ends anywhere before its end is incomplete", arguments: [false, true])
    func cutHoleMap(forgets: Bool) throws {
        let whole = try #require(Self.simulated?.holeMap)
        for count in stride(from: 0, to: whole.count, by: whole.count / 31) {
            let refusal = Documents.refusal { () throws(Unusable) in
                _ = try Documents.holeMap(Array(whole[..<count]), forgets: forgets)
            }
            #expect(refusal?.status == .incomplete, "\(count) bytes: \(refusal?.reason ?? "read")")
        }
        #expect(try Documents.holeMap(whole, forgets: forgets).holes.isEmpty == false)
    }

    @Test("A GridSquare .dm is the same in whatever pieces it comes", arguments: [1, 3, 4000, 65536])
    func pieces(chunk: Int) throws {
        let whole = try #require(Self.simulated?.holeMap)
        let map = try Documents.holeMap(whole)
        let other = try Documents.holeMap(whole, forgets: true, chunk: chunk)
        #expect(other.holes.map(\.foilHole) == map.holes.map(\.foilHole))
        #expect(other.holes.map(\.stage) == map.holes.map(\.stage))
        #expect(other.holes.map(\.exposures.count) == map.holes.map(\.exposures.count))
        #expect(other.square.position == map.square.position)
        #expect(other.square.shapePx == map.square.shapePx)
    }

    @Test("A fault in the middle of a GridSquare .dm that goes on to its end is no cut")
    func faultInTheMiddle() throws {
        var whole = try #require(Self.simulated?.holeMap)
        whole[whole.count / 2] = 1
        let refusal = Documents.refusal { () throws(Unusable) in _ = try Documents.holeMap(whole) }
        #expect(refusal?.status == .malformed)
    }

    @Test("With a bit turned it is read, malformed or incomplete, and what is read is finite")
    func bits() throws {
        let image = Array(SampleImage().xml.utf8)
        var random = RandomSource(seed: 1, stream: "bits")
        for _ in 0..<1000 {
            let damaged = Self.damaged(image, &random)
            let refusal = Documents.refusal { () throws(Unusable) in
                let image = try Documents.image(damaged)
                #expect(image.stage?.isFinite ?? true)
                #expect(image.beamShift?.isFinite ?? true)
            }
            #expect(refusal.map { [.malformed, .incomplete].contains($0.status) } ?? true)
        }
        let simulated = try #require(Self.simulated)
        for _ in 0..<30 {
            let session = Self.damaged(simulated.session, &random)
            _ = Documents.refusal { () throws(Unusable) in _ = try Documents.session(session) }
            let holeMap = Self.damaged(simulated.holeMap, &random)
            _ = Documents.refusal { () throws(Unusable) in _ = try Documents.holeMap(holeMap, forgets: true) }
        }
    }

    private static func damaged(_ bytes: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.index(below: 3) { bytes[random.index(below: bytes.count)] ^= 1 << random.index(below: 8) }
        return bytes
    }
}
