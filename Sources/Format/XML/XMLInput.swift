import CXML2

/// The source from which libxml2 gets the bytes of a file that is read as it comes.
final class XMLInput {
    private let source: (UnsafeMutableRawBufferPointer) throws(Unusable) -> Int
    var failure: Unusable?
    var ending = XMLEnding()
    private var attributes = AttributeLimit()

    init(_ source: @escaping (UnsafeMutableRawBufferPointer) throws(Unusable) -> Int) { self.source = source }

    /// Reads the rest of the file after a fault in its middle, to see how it ends.
    func readOn() {
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { space.deallocate() }
        while failure == nil {
            do throws(Unusable) {
                let count = try source(space)
                guard count > 0 else { return }
                ending.add(UnsafeRawBufferPointer(rebasing: space[..<count]))
            } catch {
                failure = error
            }
        }
    }

    static let read: xmlInputReadCallback = { input, buffer, size in
        guard let input, let buffer, size > 0 else { return -1 }
        let own = Unmanaged<XMLInput>.fromOpaque(input).takeUnretainedValue()
        let space = UnsafeMutableRawBufferPointer(start: buffer, count: Int(size))
        var count = 0
        do throws(Unusable) {
            // As much is read as there is room for: libxml2 tells the encoding by the first read alone.
            while count < space.count {
                let more = try own.source(UnsafeMutableRawBufferPointer(rebasing: space[count...]))
                guard more > 0 else { break }
                count += more
            }
            let bytes = UnsafeRawBufferPointer(rebasing: space[..<count])
            try own.attributes.check(bytes)
            own.ending.add(bytes)
            return Int32(count)
        } catch {
            own.failure = error
            return -1
        }
    }
}
