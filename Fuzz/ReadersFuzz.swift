import EPUCore
import EPUFormat
import Foundation

/// What libFuzzer calls with bytes of its making, again and again; it ends the program where a reader traps, reads
/// beyond its memory, leaks, or takes seconds, and where two ways to read the same bytes disagree.
///
/// The first byte says what the others are: its two low bits name the kind, the next one whether foil holes are
/// forgotten, the others how many bytes come at a time.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let first = input.first else { return 0 }
    let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(input)[1...])
    switch first & 3 {
    case 0: readImage(bytes)
    case 1: readSession(bytes)
    case 2:
        let step = Int(first >> 3)
        readHoleMap(bytes, forgets: first & 4 != 0, chunk: 1 + 4 * step * step)
    default: readNames(bytes)
    }
    return 0
}

/// Used again for every input, as a thread of epu-ingest does; libFuzzer has one thread.
nonisolated(unsafe) private let reader = XMLReader()
nonisolated(unsafe) private let libxml2 = XMLReader(takesPlainForm: false)

private func readImage(_ bytes: UnsafeRawBufferPointer) {
    let image = try? reader.read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
    // The plain form, which is read without libxml2, has the same values.
    let same = try? libxml2.read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
    require(String(describing: image) == String(describing: same))
    require(image?.stage.map(\.isFinite) ?? true)
    require(image?.beamShift.map(\.isFinite) ?? true)
}

private func readSession(_ bytes: UnsafeRawBufferPointer) {
    let session = try? reader.read(bytes) { root throws(Unusable) in try SessionMetadata(root) }
    for area in session?.template?.areas ?? [] { require(area.offsetUm.map(\.isFinite) ?? true) }
}

/// What a GridSquare .dm was read as.
private struct HoleMap: Equatable {
    var gridSquare: Int64?
    var refusal: FileStatus?
    var holes: [Int64] = []
    var positions: [Vector2?] = []
    var exposures = 0
    var listsHoles = false

    mutating func add(_ element: XMLElement) {
        guard let hole = FoilHoleMetadata(element) else { return }
        holes.append(hole.foilHole)
        positions.append(hole.stage)
        exposures += hole.exposures.count
    }
}

private func readHoleMap(_ bytes: UnsafeRawBufferPointer, forgets: Bool, chunk: Int) {
    let whole = holeMap(bytes, forgets: forgets, chunk: max(1, bytes.count))
    require(holeMap(bytes, forgets: forgets, chunk: chunk) == whole)
    // Files that are not too large are read in whole, and then in the plain form, too.
    if !forgets { require(holes(bytes, by: reader) == whole && holes(bytes, by: libxml2) == whole) }
    var refusal: FileStatus?
    do throws(Unusable) {
        _ = try reader.read(bytes) { root throws(Unusable) in try GridSquareMetadata(root) }
    } catch {
        refusal = error.status
    }
    let own = try? reader.read(bytes) { root throws(Unusable) in try FoilHoleMetadata(root, named: 1) }
    require(own?.stage.map(\.isFinite) ?? true)
    // A document of more elements than are held at once is refused only where none is forgotten.
    require(forgets || refusal == whole.refusal)
}

private func holes(_ bytes: UnsafeRawBufferPointer, by reader: XMLReader) -> HoleMap {
    var map = HoleMap()
    do throws(Unusable) {
        map.gridSquare = try reader.read(
            bytes, stream: GridSquareMetadata.holes(forgets: false), each: { map.add($0) },
            { root throws(Unusable) in
                map.listsHoles = GridSquareMetadata.listsHoles(root)
                return try GridSquareMetadata(root)
            }
        ).gridSquare
    } catch {
        map.refusal = error.status
    }
    return map
}

private func holeMap(_ bytes: UnsafeRawBufferPointer, forgets: Bool, chunk: Int) -> HoleMap {
    var map = HoleMap()
    var rest = bytes[...]
    do throws(Unusable) {
        let square = try reader.read(
            from: { buffer throws(Unusable) in
                let next = rest.prefix(min(chunk, buffer.count))
                buffer.copyBytes(from: next)
                rest = rest.dropFirst(next.count)
                return next.count
            },
            stream: GridSquareMetadata.holes(forgets: forgets),
            each: { map.add($0) },
            { root throws(Unusable) in
                map.listsHoles = GridSquareMetadata.listsHoles(root)
                return try GridSquareMetadata(root)
            })
        map.gridSquare = square.gridSquare
    } catch {
        map.refusal = error.status
    }
    return map
}

private func readNames(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let (name, rest) = ExposureName.parse(text) {
        require(name.base + rest == text)
        require(ExposureName.find(in: text)?.name == name)
        _ = timeOfName(name.base)?.archiveText
    }
    _ = ExposureName.find(in: text)
    if let (name, rest) = HoleImageName.parse(text) { require(name.base + rest == text) }
    if let (name, rest) = GridSquareImageName.parse(text) { require(name.base + rest == text) }
    _ = gridSquareNumber(of: text)
    _ = targetLocationNumber(of: text)
    _ = timeOfName(text)?.archiveText
    _ = MovieName(text)
    if let time = LocalTime(epuText: text) {
        require(Timestamp(archiveText: time.instant.archiveText) == time.instant || !time.isWithinFourDigitYears)
        _ = time.microscopeText
        _ = time.epuText
    }
    _ = Timestamp(archiveText: text)
    // Names on disk hold any byte but zero and the slash; a path is any of them.
    let path = bytes.filter { $0 != 0 }
    let pathText = path.withUnsafeBufferPointer { PathText.of($0) }
    let back = PathText.withPath(pathText) { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    require(back == path)
    // Nobody's text may lead beyond its end.
    if !text.utf8.contains(0) { _ = PathText.withPath(text) { strlen($0) } }
}

extension LocalTime {
    /// Offsets lead beyond the years 1 and 9999, where text has another length.
    fileprivate var isWithinFourDigitYears: Bool {
        guard let first = Timestamp(year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0),
            let last = Timestamp(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59)
        else { return false }
        return instant >= first && instant <= last
    }
}

private func require(_ holds: Bool, line: Int = #line) { precondition(holds, "line \(line) does not hold") }

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Swift packages give every program a main of its own, so that libFuzzer's is called from here.
@main
struct ReadersFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
    }
}
