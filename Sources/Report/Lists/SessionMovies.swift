import EPUArchive
import EPUCore
import GRDB

/// How the movies of a session's exposures are called, or where they are. What --raw-data or the ledger has comes before any
/// guess.
struct SessionMovies {
    struct Movie {
        enum Origin {
            /// The user said what follows the base name.
            case given
            /// The movie was found below --raw-data.
            case found
            /// The movie is not below --raw-data; its path is the name that it would have.
            case missing
            /// The movie was seen by epu-ingest.
            case known
            /// The movie is named like the others of the session that were seen.
            case asOthers
            /// No movie of the session was ever seen, so it is named as its camera names movies.
            case guessed
        }

        /// The path of the movie, or of each of its frames; a name without folder if it was not seen.
        let paths: [String]
        let origin: Origin
    }

    /// What file names say about a camera.
    struct Camera: Equatable {
        let fractionation: String?
        /// The name and model of the camera; nil if they are not known.
        let name: String?

        var sumsImage: Bool { MovieName.isImageSummed(fractionation: fractionation, camera: name) }
    }

    let options: MovieNames
    let files: LedgerFiles
    private let format: String?
    private let seenSuffix: String?
    /// The camera that most exposures have, for exposures without a known camera and for the movies that were seen. It is empty
    /// if there are neither.
    private let usualCamera: Camera
    /// The camera that was last asked for, and what its movies are probably called: few exposures have another one than that before.
    private var guessed: (camera: Camera, suffix: String)?

    init(of session: SessionRow, _ options: MovieNames, _ db: Database) throws {
        self.options = options
        files = try LedgerFiles(of: session, db)
        format = try String.fetchOne(
            db, sql: "SELECT movie_format FROM session WHERE session_id = ?", arguments: [session.sessionID])
        // It has to look at all exposures, and many sessions have nothing for which it is needed.
        let isUsualAsked = !(files.movies.isEmpty && files.unread.isEmpty)
        let usual =
            isUsualAsked
            ? try Row.fetchOne(
                db,
                sql: """
                    SELECT fractionation, \(Self.cameraSQL) FROM exposure e WHERE session_id = ?
                    GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1
                    """, arguments: [session.sessionID]) : nil
        usualCamera = Camera(fractionation: usual?[0], name: usual?[1])
        seenSuffix = files.movies.commonestSuffix(besideImages: usualCamera.sumsImage)
    }

    /// The `Camera.name` of an exposure `e`, in SQL. EPU before 3.4 records no model, but a K3 is known by its size.
    static let cameraSQL = """
        ifnull(e.camera, '') || ' ' || ifnull(e.camera_model, '')
            || iif(e.readout_width_px * ifnull(e.binning, 1) IN (5760, 11520), ' K3', '')
        """

    /// - Parameter camera: the camera of the exposure; nil means the camera of most of the session.
    mutating func movie(of name: String, _ camera: Camera?) -> Movie {
        if let suffix = options.suffix { return Movie(paths: [name + suffix], origin: .given) }
        if let raw = options.rawData {
            let found = raw.movies[name]
            if !found.isEmpty { return Movie(paths: found, origin: .found) }
        }
        let camera = camera ?? usualCamera
        let isSum = files.movies.isImage(name) && camera.sumsImage
        let known = isSum ? [] : files.movies[name]
        if options.rawData == nil, !known.isEmpty { return Movie(paths: known, origin: .known) }
        return Movie(
            paths: [name + (seenSuffix ?? guess(by: camera))],
            origin: options.rawData != nil ? .missing : seenSuffix != nil ? .asOthers : .guessed)
    }

    private mutating func guess(by camera: Camera) -> String {
        if let guessed, guessed.camera == camera { return guessed.suffix }
        let suffix = MovieName.guess(fractionation: camera.fractionation, camera: camera.name, format: format)
        guessed = (camera, suffix)
        return suffix
    }
}

/// How many names of a session's movies are only likely.
struct GuessedNames {
    private(set) var asOthers = 0
    private(set) var guessed = 0
    private var example = ""

    var count: Int { asOthers + guessed }

    mutating func add(_ movie: SessionMovies.Movie) {
        switch movie.origin {
        case .asOthers: asOthers += 1
        case .guessed: guessed += 1
        default: return
        }
        if example.isEmpty, let path = movie.paths.first { example = path }
    }

    /// What to say of these names; nil if all movies were seen.
    var text: String? {
        guard count > 0 else { return nil }
        let advice = "--raw-data DIR finds them, --movie-suffix names them"
        return guessed > 0
            ? "no movie was seen of the session: names are guessed by the camera, as \(example); \(advice)"
            : "\(counted(asOthers, "movie")) not seen: called as the others of the session, as \(example); \(advice)"
    }
}
