import EPUArchive
import EPUCore
import GRDB
import TestSupport

@testable import epu_report

/// An archive whose sessions were shot on a foil of 2.5 um under AFIS: from each stage stop the 3 x 3 holes around it,
/// three areas in each; and what `epu-analyze calibrate` finds in them.
struct PlotArchive {
    let sample: SampleArchive
    var archive: Archive { sample.archive }

    /// um per beam-shift unit; mirrored, as microscopes are.
    static let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    /// On the stage, um.
    static let foil = (a: Vector2(2.42, 0.64), b: Vector2(-0.64, 2.42))
    private static let around = [-1, 0, 1].flatMap { i in [-1, 0, 1].map { LatticeSite(i: i, j: $0) } }
    private static let areas = [Vector2(0.3, 0.1), Vector2(-0.2, 0.25), Vector2(-0.1, -0.35)]
    private static let holesOfStop = around.count

    init(_ path: String) throws { sample = try SampleArchive(path) }

    private static func offset(_ site: LatticeSite) -> Vector2 {
        Double(site.i) * foil.a + Double(site.j) * foil.b
    }

    /// Up to 70 nm, different for each hole and the same each time.
    private static func residual(_ hole: Int) -> Vector2 {
        Vector2(0.01 * Double(hole * 7 % 11 - 5), 0.01 * Double(hole * 5 % 9 - 4))
    }

    /// - Parameter stops: of each grid square; the squares lie 100 um apart.
    func add(_ session: String, stops: [Int], start: Double = 0) throws {
        let inverse = Self.matrix.inverse ?? Matrix2(scale: 0)
        var exposures: [SampleArchive.Exposure] = []
        var squares: [Int64] = []
        for (square, count) in stops.enumerated() {
            for number in 0..<count {
                let center = LatticeSite(i: 3 * (number % 3), j: 3 * (number / 3))
                let stage = Vector2(100 * Double(square), 50) + Self.offset(center)
                for site in Self.around {
                    let hole = exposures.count / Self.areas.count
                    for (area, place) in Self.areas.enumerated() {
                        exposures.append(
                            .init(
                                hole: Int64(1000 + hole), area: Int64(area + 1), stage: stage,
                                beamShift: inverse * (Self.offset(site) + Self.residual(hole) + place),
                                time: start + Double(exposures.count)))
                        squares.append(Int64(500 + square))
                    }
                }
            }
        }
        try sample.add(session, exposures)
        try archive.write { db in
            let id = try Self.id(of: session, db)
            for square in Set(squares) {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO grid_square (session_id, grid_square) VALUES (?, ?)",
                    arguments: [id, square])
            }
            for (exposure, square) in zip(try Self.exposures(of: id, db), squares) {
                try db.execute(
                    sql: "UPDATE exposure SET grid_square = ? WHERE exposure_id = ?", arguments: [square, exposure])
            }
        }
    }

    /// A calibration with the foil's lattice, but without stops and sites.
    @discardableResult
    func calibrate(_ session: String, matrix: Matrix2 = matrix, method: String = "lattice", verdict: String = "good")
        throws -> Int64
    {
        try archive.write { db in
            let inverse = matrix.inverse ?? Matrix2(scale: 0)
            let (g1, g2) = (inverse * Self.foil.a, inverse * Self.foil.b)
            try db.execute(
                sql: """
                    INSERT INTO calibration (session_id, method, chosen, m11, m12, m21, m22, m11_error, m12_error,
                        m21_error, m22_error, scale, angle_deg, mirrored, foil, g11, g12, g21, g22, verdict, created_at)
                    VALUES (?, ?, 1, ?, ?, ?, ?, 0.03, 0.04, 0.05, 0.06, ?, ?, ?, 'square', ?, ?, ?, ?, ?, '')
                    """,
                arguments: [
                    Self.id(of: session, db), method, matrix.m11, matrix.m12, matrix.m21, matrix.m22, matrix.scale,
                    matrix.angleDegrees, matrix.isMirrored, g1.x, g2.x, g1.y, g2.y, verdict,
                ])
            return db.lastInsertedRowID
        }
    }

    /// The stops and sites of a session that `add` made.
    func addSites(of session: String, calibration: Int64) throws {
        try archive.write { db in
            let exposures = try Row.fetchAll(
                db,
                sql: """
                    SELECT exposure_id, foil_hole, grid_square, stage_x_um, stage_y_um FROM exposure WHERE session_id = ?
                    ORDER BY acquired_at
                    """,
                arguments: [Self.id(of: session, db)])
            let perHole = Self.areas.count
            for visit in 0..<exposures.count / perHole {
                let first = exposures[visit * perHole]
                let stage = Vector2(first["stage_x_um"], first["stage_y_um"])
                let square: Int64 = first["grid_square"]
                let stop = visit / Self.holesOfStop
                let around = Self.around[visit % Self.holesOfStop]
                if visit % Self.holesOfStop == 0 {
                    try db.execute(
                        sql: """
                            INSERT INTO stage_stop (calibration_id, stop, first_exposure_id, exposures, x_um, y_um)
                            VALUES (?, ?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            calibration, stop, first["exposure_id"] as Int64, Self.holesOfStop * perHole, stage.x,
                            stage.y,
                        ])
                }
                let numberInSquare =
                    exposures[..<(visit * perHole)].count { $0["grid_square"] == square }
                    / (perHole * Self.holesOfStop)
                let residual = Self.residual(visit)
                let place = stage + Self.offset(around) + residual
                try db.execute(
                    sql: "INSERT INTO hole_site VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        calibration, visit, stop, first["foil_hole"] as Int64, square, place.x, place.y,
                        around.i + 3 * (numberInSquare % 3), around.j + 3 * (numberInSquare / 3), residual.x,
                        residual.y,
                    ])
            }
        }
    }

    /// The nine positions around a stop.
    func addPositions(of session: String) throws {
        try archive.write { db in
            let id = try Self.id(of: session, db)
            let exposures = try Self.exposures(of: id, db)
            let inverse = Self.matrix.inverse ?? Matrix2(scale: 0)
            try db.execute(
                sql: """
                    INSERT INTO beam_shift_clustering (session_id, method, clusters, squared_distance, created_at)
                    VALUES (?, 'lattice', ?, 0, '')
                    """,
                arguments: [id, Self.holesOfStop])
            let clustering = db.lastInsertedRowID
            for (number, site) in Self.around.enumerated() {
                let center = inverse * Self.offset(site)
                try db.execute(
                    sql: "INSERT INTO beam_shift_cluster VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        clustering, number, center.x, center.y, exposures.count / Self.holesOfStop, site.i, site.j,
                    ])
            }
            for (index, exposure) in exposures.enumerated() {
                try db.execute(
                    sql: "INSERT INTO beam_shift_cluster_member VALUES (?, ?, ?)",
                    arguments: [clustering, exposure, index / Self.areas.count % Self.holesOfStop])
            }
        }
    }

    private static func id(of session: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT session_id FROM session WHERE name = ?", arguments: [session])
    }

    private static func exposures(of sessionID: Int64?, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT exposure_id FROM exposure WHERE session_id = ? ORDER BY acquired_at",
            arguments: [sessionID])
    }
}
