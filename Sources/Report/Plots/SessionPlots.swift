import EPUShared
import Foundation
import GRDB

/// The plots of one session: three for each calibration that it uses.
struct SessionPlots {
    struct Written: Encodable {
        let session: String
        let calibrationID: Int64
        let files: [String]

        enum CodingKeys: String, CodingKey {
            case session
            case calibrationID = "calibrationId"
            case files
        }

        var text: String {
            (["\(session): calibration \(calibrationID)"] + files.map { "  " + $0 }).joined(separator: "\n")
        }
    }

    let session: SessionRow
    let calibrations: [ChosenCalibration]

    private static let beamShifts = "beam-shifts"
    private static let stage = "stage"
    private static let residuals = "residuals"

    /// Writes them, and then removes those that an earlier run made of more.
    func write(to out: String, formats: [PlotFormat], from archive: Archive) throws -> [Written] {
        let files = PlotFiles(
            folder: (out as NSString).appendingPathComponent(session.folderName), formats: formats)
        let positions = try archive.read { try BeamShiftPositions(of: session, $0) }
        let written = try calibrations.enumerated().map { index, calibration in
            let (exposures, map) = try archive.read { db in
                let exposures = try CalibratedExposure.all(of: calibration, session, db)
                return (exposures, try StageMap(of: calibration, exposures, db))
            }
            let onStage = calibration.lattice?.seen(through: calibration.matrix)
            let title = title(of: calibration)
            let number = index + 1
            var paths = try files.write(
                ClusterPlot(
                    exposures, positions: index == 0 ? positions : nil, lattice: calibration.lattice, title: title),
                name: Self.beamShifts, number: number)
            paths += try files.write(
                StagePlot(map, lattice: onStage, title: title), name: Self.stage, number: number)
            if let plot = ResidualPlot(map, lattice: onStage, title: title) {
                paths += try files.write(plot, name: Self.residuals, number: number)
            } else {
                files.removeOlder(name: Self.residuals, number: number)
            }
            return Written(session: session.name, calibrationID: calibration.calibrationID, files: paths)
        }
        files.removeOlder(names: [Self.beamShifts, Self.stage, Self.residuals], after: calibrations.count)
        return written
    }

    private func title(of calibration: ChosenCalibration) -> String {
        calibrations.count == 1 ? session.name : "\(session.name) (\(calibration.conditions))"
    }
}
