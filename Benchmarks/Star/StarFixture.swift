import EPUArchive
import EPUCore
import Foundation
import GRDB

/// An archive of one session with optics groups, and a particles STAR of any length on its micrographs, as RELION 3.1
/// refines them.
struct StarFixture {
    let rows: Int

    private static let exposures = 10_000
    private static let groups = 21
    /// The columns of a row, which has about 490 bytes.
    private static let labels = [
        "CoordinateX", "CoordinateY", "AutopickFigureOfMerit", "ClassNumber", "AnglePsi", "ImageName", "MicrographName",
        "OpticsGroup", "CtfMaxResolution", "CtfFigureOfMerit", "DefocusU", "DefocusV", "DefocusAngle", "CtfBfactor",
        "CtfScalefactor", "PhaseShift", "GroupNumber", "AngleRot", "AngleTilt", "OriginXAngst", "OriginYAngst",
        "NormCorrection", "LogLikeliContribution", "MaxValueProbDistribution", "NrOfSignificantSamples", "RandomSubset",
    ]

    private static func name(_ number: Int) -> String {
        "FoilHole_\(5_000_000 + number)_Data_5180485_3_20250108_\(100_000 + number)"
    }

    func makeArchive(_ path: String) throws {
        try Archive(path, access: .create).write { db in
            try db.execute(
                sql: """
                    INSERT INTO session (session_id, name, grid) VALUES (1, 'session', 'grid');
                    INSERT INTO session_root (session_root_id, session_id, path) VALUES (1, 1, '/data/session');
                    INSERT INTO template_area (session_id, area) VALUES (1, 5180485);
                    INSERT INTO source_file (source_file_id, session_root_id, path, stem, kind, status)
                    VALUES (1, 1, 'all.xml', 'all', 'exposure', 'ok');
                    """)
            for group in 1...Self.groups {
                try db.execute(
                    sql: """
                        INSERT INTO optics_group
                            (optics_group_id, session_id, optics_group, tilt_deg, high_tension_kv, pixel_size_a, center_x,
                             center_y)
                        VALUES (?1, 1, ?1, 0, 300, 0.83, 0, 0)
                        """,
                    arguments: [group])
            }
            let hole = try db.cachedStatement(sql: "INSERT INTO foil_hole (session_id, foil_hole) VALUES (1, ?)")
            let exposure = try db.cachedStatement(
                sql: """
                    INSERT INTO exposure
                        (exposure_id, session_id, foil_hole, area, third_number, name, metadata_file_id, acquired_at,
                         stage_x_um, stage_y_um, beam_shift_x, beam_shift_y)
                    VALUES (?1, 1, ?1, 5180485, 3, ?2, 1, ?2, 0, 0, 0, 0)
                    """)
            let member = try db.cachedStatement(
                sql: "INSERT INTO optics_group_member (exposure_id, optics_group_id) VALUES (?, ?)")
            for number in 1...Self.exposures {
                try hole.execute(arguments: [number])
                try exposure.execute(arguments: [number, Self.name(number)])
                try member.execute(arguments: [number, number % Self.groups + 1])
            }
        }
    }

    func makeStar(_ path: String) throws {
        var file = try OutputFile(path)
        let labels = Self.labels.enumerated().map { "_rln\($1) #\($0 + 1)" }.joined(separator: "\n")
        try file.write(
            """

            # version 30001

            data_optics

            loop_
            _rlnOpticsGroupName #1
            _rlnOpticsGroup #2
            _rlnImagePixelSize #3
            _rlnVoltage #4
            _rlnSphericalAberration #5
            opticsGroup1 1 1.66 300.000000 2.700000


            # version 30001

            data_particles

            loop_
            \(labels)

            """)
        let numbers = String(repeating: "  1234.567890", count: 18)
        let ofMicrograph = rows / Self.exposures + 1
        for row in 0..<rows {
            let name = Self.name(row / ofMicrograph + 1)
            let image = "\(row % ofMicrograph + 1)@Extract/job007/Movies/\(name)_fractions.mrcs"
            try file.write(
                "  1234.567890  1234.567890     0.500000            1    45.000000 \(image) "
                    + "MotionCorr/job002/Movies/\(name)_fractions.mrc            1\(numbers) \n")
        }
        try file.commit()
    }
}
