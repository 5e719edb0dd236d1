public import GRDB

/// Why reports show an analysis of a session, or that they do not.
public enum Publication: String, Codable, Sendable {
    /// A person named it with `epu-analyze publish`.
    case named
    /// It is what a plain `epu-analyze` makes of the session, and nobody named another.
    case isDefault = "default"
    /// It is the first that was made; nobody named another, and there is no default one.
    case first
    /// It is not published: reports show another one of the session.
    case unpublished

    /// Reads how the analysis stands to a session that it judges.
    public init(of analysisID: Int64, for sessionID: Int64, _ db: Database) throws {
        let word = try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT CASE WHEN l.analysis_id IS NULL THEN 'unpublished'
                                WHEN p.analysis_id = a.analysis_id THEN 'named'
                                WHEN a.is_default THEN 'default'
                                ELSE 'first' END
                    FROM analysis a
                    LEFT JOIN latest_analysis l ON l.session_id = ?2 AND l.analysis_id = a.analysis_id
                    LEFT JOIN published_analysis p ON p.session_id = ?2
                    WHERE a.analysis_id = ?1
                    """), arguments: [analysisID, sessionID])
        self = word.flatMap(Publication.init) ?? .unpublished
    }

    /// The published analysis of a session; nil where it has none.
    public static func analysisID(of sessionID: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT analysis_id FROM latest_analysis WHERE session_id = ?"),
            arguments: [sessionID])
    }

    public var text: String {
        switch self {
        case .named: "published by name"
        case .isDefault: "the default"
        case .first: "the first that was made"
        case .unpublished: "not published"
        }
    }

    /// What everything that shows an analysis says of it: `analysis 3, radius 0.2 um, published by name`.
    public func sentence(_ analysisID: Int64, _ criteria: String) -> String {
        "analysis \(analysisID), \(criteria), \(text)"
    }
}
