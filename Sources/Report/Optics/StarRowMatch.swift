import EPUCore

/// The exposure that a row of movies, micrographs or particles belongs to.
struct StarRowMatch {
    let origin: RegroupedOptics.Origin
    /// The exposure; nil if the archive has none of that name.
    let entry: ExposureIndex.Entry?
    /// Whether exposures of several sessions have the name.
    let isAmbiguous: Bool
    /// Whether the archive numbered its group; also true if the archive has no such exposure.
    let isPlaced: Bool

    /// - Throws: `Failure` if the row's optics group is not a number.
    init(
        _ line: UnsafeRawBufferPointer, _ place: borrowing StarFile.Place, _ columns: StarColumns,
        _ index: ExposureIndex, path: String
    ) throws {
        var found: (entry: ExposureIndex.Entry, key: ExposureKey)?
        for name in columns.names {
            let content = StarValues.content(place.values.places[name], of: line)
            guard let key = ExposureKey(in: content), let entry = index[key] else { continue }
            found = (entry, key)
            break
        }
        var old: Int?
        if let column = columns.group {
            let value = place.values.places[column]
            old = StarText.integer(String(decoding: StarValues.content(value, of: line), as: UTF8.self))
            guard old != nil else {
                throw Failure(
                    "\(path), line \(place.number): the optics group \(StarValues.text(value, of: line)) is no number.")
            }
        }
        origin = RegroupedOptics.Origin(old: old, session: found?.entry.session, group: found?.entry.group)
        entry = found?.entry
        isAmbiguous = found.map { index.ambiguous.contains($0.key) } ?? false
        isPlaced = found.map { index.isPlaced($0.entry) } ?? true
    }
}
