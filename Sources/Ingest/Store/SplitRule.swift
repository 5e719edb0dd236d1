import EPUArchive
import EPUCore
import EPUFormat

/// What a person said of the exposures that are a part's: from when on they were made, or in which squares, or how they are
/// called. The first of these that was said decides.
struct SplitRule: Sendable {
    /// The instant from which on exposures are the part's; nil where the time does not tell.
    var startsAt: Timestamp?
    /// Minutes that the microscope's clock is ahead of UTC, for times that come from a file's name; nil where it is not known.
    var utcOffsetMinutes: Int?
    var squares: Set<Int64> = []
    /// The base names of exposures.
    var names: Set<String> = []

    /// What is known of an exposure or of an image of a hole or a square.
    struct Image {
        /// The base name.
        let name: String
        let gridSquare: Int64?
        let acquired: LocalTime?
    }

    func holds(_ image: Image) -> Bool {
        if let startsAt { return instant(of: image.acquired).map { $0 >= startsAt } ?? false }
        if !squares.isEmpty { return image.gridSquare.map(squares.contains) ?? false }
        return names.contains(image.name)
    }

    private func instant(of time: LocalTime?) -> Timestamp? {
        guard let time else { return nil }
        guard time.utcOffsetMinutes == nil, let utcOffsetMinutes else { return time.instant }
        return time.instant.adding(seconds: -60 * Double(utcOffsetMinutes))
    }
}
