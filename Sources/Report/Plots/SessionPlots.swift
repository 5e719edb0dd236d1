import EPUArchive
import EPUConsole
import EPUDrawing
import Foundation
import GRDB

/// The plots of one session: three for each calibration that it uses, and those of its analysis.
struct SessionPlots {
    struct Written: Encodable {
        let session: String
        /// The id of the calibration; nil for the plots of an analysis.
        let calibrationID: Int64?
        let analysisID: Int64?
        /// The analysis, as `analysis 3, radius 0.2 um, published by name`; nil for the plots of a calibration.
        let analysis: String?
        let files: [String]

        enum CodingKeys: String, CodingKey {
            case session
            case calibrationID = "calibrationId"
            case analysisID = "analysisId"
            case analysis, files
        }

        var text: String {
            let origin = calibrationID.map { "calibration \($0)" } ?? analysis ?? ""
            return (["\(session): \(origin)"] + files.map { "  " + $0 }).joined(separator: "\n")
        }
    }

    let session: SessionRow
    let calibrations: [StoredCalibration]
    /// The analysis; nil if the session was not analysed.
    let choice: AnalysisChoice?
    let isAnalysisNamed: Bool

    var isEmpty: Bool { calibrations.isEmpty && choice == nil }

    private static let beamShifts = "beam-shifts"
    private static let stage = "stage"
    private static let residuals = "residuals"
    private static let overlaps = "overlaps"
    private static let map = "map"
    private static let nearestDistances = "nearest-distances"
    private static let timeline = "timeline"
    private static let ofAnalysis = [overlaps, map, nearestDistances, timeline]

    /// Writes the plots, and then removes those of calibrations that only an earlier run drew.
    func write(to out: String, formats: [PlotFormat], from archive: Archive) throws -> [Written] {
        let files = PlotFiles(
            folder: (out as NSString).appendingPathComponent(session.folderName), formats: formats)
        let positions = try archive.read { try PlottedPositions(of: session, $0) }
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
            return Written(
                session: session.name, calibrationID: calibration.calibrationID, analysisID: nil, analysis: nil,
                files: paths)
        }
        files.removeOlder(names: [Self.beamShifts, Self.stage, Self.residuals], after: calibrations.count)
        guard let choice else {
            // The user may have asked for another session's analysis.
            if !isAnalysisNamed {
                for name in Self.ofAnalysis { files.removeOlder(name: name) }
                try AboutFolder.forget("plots", in: files.folder)
            }
            return written
        }
        let map = try archive.read { try OverlapMap(choice, $0) }
        if map.nearestWithin == nil {
            Console.message(
                "Warning: \(session.name): analysis \(choice.analysisID) is of an older version, which did not store nearest "
                    + "distances. Run `epu-analyze` again.")
        }
        let plots: [(name: String, plot: (any Plot)?)] = [
            (Self.overlaps, OverlapPlot(map, title: session.name)),
            (Self.map, MapPlot(map, title: session.name)),
            (Self.nearestDistances, NearestDistancesPlot(map, title: session.name)),
            (Self.timeline, TimelinePlot(map, title: session.name)),
        ]
        var paths: [String] = []
        for (name, plot) in plots {
            if let plot { paths += try files.write(plot, name: name) } else { files.removeOlder(name: name) }
        }
        return written + [
            Written(
                session: session.name, calibrationID: nil, analysisID: choice.analysisID,
                analysis: choice.text, files: paths)
        ]
    }

    private func title(of calibration: StoredCalibration) -> String {
        calibrations.count == 1 ? session.name : "\(session.name) (\(calibration.conditionWords))"
    }
}
