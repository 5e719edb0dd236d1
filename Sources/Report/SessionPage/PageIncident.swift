import EPUArchive
import EPUCore
import GRDB

/// An incident with the pair of exposures that shows it best.
struct PageIncident: Sendable {
    struct Exposure: Sendable {
        let exposureID: Int64
        let name: String
        /// The time on the microscope's clock.
        let time: String
        /// The path of the JPG preview; nil if none was found.
        let imagePath: String?
        /// What is drawn over the picture; nil without a picture.
        var overlay: PageOverlay?
    }

    struct FirstLost: Sendable {
        /// The time on the microscope's clock.
        let time: String
        let foilHole: Int64
        let gridSquare: Int64?
    }

    let incident: IncidentRow
    /// The mean share of its micrographs' camera fields that the earlier beams hit, 0 to 1; nil if it is not known of all.
    let fieldShare: Double?
    var earlier: Exposure
    var later: Exposure
    /// The first micrograph that it cost. What was shot wrongly before may have hit nothing.
    let firstLost: FirstLost
    /// The hole image that shows where the later exposure was taken; nil if there is none with a JPG.
    var holeImage: HoleImageFinder.Found?
    /// The distance between the two, um.
    let distance: Double

    /// All incidents of a session, the costliest first. Each has the pair with both pictures whose field was hit most; among equal
    /// pairs the nearest, then the first.
    static func all(of choice: AnalysisChoice, _ db: Database) throws -> [PageIncident] {
        let incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)
        guard !incidents.isEmpty else { return [] }
        let usual = MicroscopeClock.usualSQL(session: "\(choice.session.sessionID)")
        let rows = try BestPair.fetchAll(
            db,
            sql: """
                SELECT * FROM (
                    SELECT o.incident, o.distance_um, o.earlier_id, o.later_id,
                           iif(count(*) OVER of_incident = count(o.field_overlap) OVER of_incident,
                               avg(o.field_overlap) OVER of_incident, NULL) AS field_share,
                           earlier.name AS earlier, earlier.acquired_at AS earlier_at,
                           ifnull(earlier.utc_offset_minutes, iif(earlier.session_id = later.session_id, \(usual), NULL))
                               AS earlier_offset,
                           \(Self.path("earlier")) AS earlier_path,
                           later.name AS later, later.acquired_at AS later_at,
                           ifnull(later.utc_offset_minutes, \(usual)) AS later_offset, \(Self.path("later")) AS later_path,
                           first_value(later.acquired_at) OVER in_time AS first_at,
                           first_value(ifnull(later.utc_offset_minutes, \(usual))) OVER in_time AS first_offset,
                           first_value(later.foil_hole) OVER in_time AS first_hole,
                           first_value(later.grid_square) OVER in_time AS first_square,
                           row_number() OVER (
                               PARTITION BY o.incident
                               ORDER BY later.image_file_id IS NULL OR earlier.image_file_id IS NULL,
                                   o.field_overlap DESC, o.distance_um, later.acquired_at, later.name) AS place
                    FROM all_overexposed o
                    JOIN exposure later ON later.exposure_id = o.later_id
                    JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
                    WHERE o.analysis_id = ? AND later.session_id = ? AND o.incident IS NOT NULL
                    WINDOW of_incident AS (PARTITION BY o.incident),
                        in_time AS (PARTITION BY o.incident ORDER BY later.acquired_at, later.name, later.exposure_id)
                ) WHERE place = 1
                """, arguments: [choice.analysisID, choice.session.sessionID])
        let shown = [Int: BestPair](uniqueKeysWithValues: rows.map { ($0.incident, $0) })
        return incidents.byCost.compactMap { incident in
            shown[incident.incident].map { row in
                PageIncident(
                    incident: incident, fieldShare: row.fieldShare,
                    earlier: Exposure(
                        row.earlierID, row.earlier, acquiredAt: row.earlierAt, utcOffsetMinutes: row.earlierOffset,
                        row.earlierPath),
                    later: Exposure(
                        row.laterID, row.later, acquiredAt: row.laterAt, utcOffsetMinutes: row.laterOffset,
                        row.laterPath),
                    firstLost: FirstLost(
                        time: Self.clock(row.firstAt, row.firstOffset), foilHole: row.firstHole,
                        gridSquare: row.firstSquare),
                    distance: row.distanceUm)
            }
        }
    }

    /// Adds what is drawn over the pictures, and the hole image, if there are pictures.
    mutating func illustrate(_ choice: AnalysisChoice, _ holeImages: HoleImageFinder, _ db: Database) throws {
        guard earlier.imagePath != nil || later.imagePath != nil else { return }
        let place = MontagePair.Place(laterID: later.exposureID, incident: incident.incident)
        let pair = try MontagePair.fetch(db, place, of: choice)
        earlier.overlay = PageOverlay(MontageOverlay(on: pair.earlier, other: pair.later, isPlaced: pair.isPlaced))
        later.overlay = PageOverlay(MontageOverlay(on: pair.later, other: pair.earlier, isPlaced: pair.isPlaced))
        holeImage = holeImages.find(for: pair.later).flatMap { $0.image.imagePath == nil ? nil : $0 }
    }

    /// A time of the archive on the microscope's clock, to the second.
    fileprivate static func clock(_ acquiredAt: String, _ utcOffsetMinutes: Int?) -> String {
        Timestamp(archiveText: acquiredAt).map { instant in
            String(LocalTime(instant: instant, utcOffsetMinutes: utcOffsetMinutes).microscopeText.prefix(19))
        } ?? acquiredAt
    }

    private static func path(_ exposure: String) -> String {
        """
        (SELECT r.path || '/' || f.path FROM source_file f JOIN session_root r USING (session_root_id)
         WHERE f.source_file_id = \(exposure).image_file_id)
        """
    }
}

/// The pair that shows an incident best.
private struct BestPair: ArchiveRecord {
    let incident: Int
    let distanceUm: Double
    let fieldShare: Double?
    let earlierID: Int64
    let earlier: String
    let earlierAt: String
    let earlierOffset: Int?
    let earlierPath: String?
    let laterID: Int64
    let later: String
    let laterAt: String
    let laterOffset: Int?
    let laterPath: String?
    let firstAt: String
    let firstOffset: Int?
    let firstHole: Int64
    let firstSquare: Int64?
}

extension PageIncident.Exposure {
    fileprivate init(_ id: Int64, _ name: String, acquiredAt: String, utcOffsetMinutes: Int?, _ imagePath: String?) {
        exposureID = id
        self.name = name
        self.imagePath = imagePath
        time = PageIncident.clock(acquiredAt, utcOffsetMinutes)
    }
}
