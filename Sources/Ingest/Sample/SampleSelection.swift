import EPUCore

/// The part of the sessions that a sample has.
struct SampleSelection: Sendable {
    /// What is taken of a session; nil where all of it is.
    private struct Part {
        var stems: Set<String> = []
        var squares: Set<Int64> = []
        var last: Timestamp?
    }

    private var parts: [Part]?
    private let hasLast: Bool

    /// Takes all.
    init() {
        parts = nil
        hasLast = false
    }

    /// Takes the first exposures of some squares, in the order of the times of their names, with the images and the .dm of these
    /// squares up to then.
    /// - Parameters:
    ///   - count: How many exposures; nil for all.
    ///   - squares: EPU's numbers of the squares; empty for all.
    init(of sessions: [SessionFolder], count: Int?, squares: Set<Int64>) {
        var found: [(time: Timestamp, session: Int, file: SourceFile)] = []
        for (index, session) in sessions.enumerated() {
            FolderExposures(folder: session).each { file in
                let isTaken = squares.isEmpty || file.gridSquare.map(squares.contains) ?? false
                if isTaken { found.append((timeOfName(file.name.stem) ?? Timestamp(ticks: .max), index, file)) }
                return true
            }
        }
        found.sort { ($0.time, $0.session, $0.file.path) < ($1.time, $1.session, $1.file.path) }
        var parts = Array(repeating: Part(), count: sessions.count)
        for (time, session, file) in found.prefix(count ?? .max) {
            parts[session].stems.insert(file.name.stem)
            if let square = file.gridSquare { parts[session].squares.insert(square) }
            parts[session].last = time
        }
        self.parts = parts
        hasLast = count != nil
    }

    /// Whether anything of a session is taken.
    func takes(session: Int) -> Bool { parts.map { !$0[session].stems.isEmpty } ?? true }

    func takes(_ file: SourceFile, session: Int) -> Bool {
        guard let part = parts?[session] else { return true }
        switch file.name.kind {
        case .session: return true
        case .exposure, .exposureImage, .exposureTwin, .movie: return part.stems.contains(file.name.stem)
        case .hole, .holeImage, .gridSquare, .gridSquareImage:
            guard let square = file.gridSquare else { return true }
            guard part.squares.contains(square) else { return false }
            guard hasLast, let last = part.last, let time = timeOfName(file.name.stem) else { return true }
            return time <= last
        case .holeMap:
            let name = file.name.fileName
            return name.ranges(of: "GridSquare_").last.flatMap { gridSquareNumber(of: name[$0.lowerBound...]) }
                .map { part.squares.contains($0.number) } ?? false
        case .foilHole: return file.gridSquare.map(part.squares.contains) ?? true
        case .folder, .other: return false
        }
    }
}
