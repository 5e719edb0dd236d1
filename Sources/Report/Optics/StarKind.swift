import EPUCore

/// The kind of a STAR file, as far as a user who gave the wrong file must know it.
struct StarKind {
    /// The greatest version in lines as `# version 30001`, which RELION writes since 3.1.
    private var version = 0
    /// The first block in which a name of micrographs stands outside a loop; nil if there is none.
    private(set) var list: String?

    private static let firstWithOptics = 30001

    mutating func follow(_ line: UnsafeRawBufferPointer, _ place: borrowing StarFile.Place) {
        switch place.line {
        case .other:
            guard line.count < 40, line.first == UInt8(ascii: "#") else { return }
            let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            if words.count == 3, words[1] == "version", let number = Int(words[2]) { version = max(version, number) }
        case .label:
            guard list == nil, !place.table.isLoop, let label = place.table.labels.last else { return }
            if StarColumns.nameLabels.contains(label) { list = place.table.block }
        case .loop, .row: break
        }
    }

    /// Whether RELION 3.1 or later wrote the file.
    var hasVersion: Bool { version >= Self.firstWithOptics }

    func noOptics(_ path: String) -> Failure {
        guard hasVersion else {
            return Failure(
                "\(path) has no data_optics: it is of RELION 3.0 or older. Convert it with `relion_convert_star` first."
            )
        }
        return Failure(
            "\(path) has no data_optics: optics groups stand in the movies, micrographs and particles files. Give these."
        )
    }
}
