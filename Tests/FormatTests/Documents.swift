import EPUFormat

/// Bytes read as the files of a session are.
enum Documents {
    static func image(_ bytes: [UInt8]) throws(Unusable) -> ImageMetadata {
        try read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
    }

    static func image(_ text: String) throws(Unusable) -> ImageMetadata { try image(Array(text.utf8)) }

    static func session(_ bytes: [UInt8]) throws(Unusable) -> SessionMetadata {
        try read(bytes) { root throws(Unusable) in try SessionMetadata(root) }
    }

    static func session(_ text: String) throws(Unusable) -> SessionMetadata { try session(Array(text.utf8)) }

    struct HoleMap {
        let square: GridSquareMetadata
        let holes: [FoilHoleMetadata]
    }

    /// - Parameter chunk: how many bytes come at a time.
    static func holeMap(_ bytes: [UInt8], forgets: Bool = false, chunk: Int = .max) throws(Unusable) -> HoleMap {
        var holes: [FoilHoleMetadata] = []
        var rest = bytes[...]
        let square = try XMLReader().read(
            from: { buffer throws(Unusable) in
                let next = rest.prefix(min(chunk, buffer.count))
                buffer.copyBytes(from: next)
                rest = rest.dropFirst(next.count)
                return next.count
            },
            stream: GridSquareMetadata.holes(forgets: forgets),
            each: { if let hole = FoilHoleMetadata($0) { holes.append(hole) } },
            { root throws(Unusable) in try GridSquareMetadata(root) })
        return HoleMap(square: square, holes: holes)
    }

    static func holeMap(_ text: String, forgets: Bool = false, chunk: Int = .max) throws(Unusable) -> HoleMap {
        try holeMap(Array(text.utf8), forgets: forgets, chunk: chunk)
    }

    static func read<T>(_ bytes: [UInt8], _ body: (XMLElement) throws(Unusable) -> T) throws(Unusable) -> T {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(Unusable) in try XMLReader().read(bytes, body) }
        }.get()
    }

    /// What the ledger would say; nil where the bytes were read.
    static func refusal(_ read: () throws(Unusable) -> Void) -> Unusable? {
        do throws(Unusable) {
            try read()
            return nil
        } catch {
            return error
        }
    }
}
