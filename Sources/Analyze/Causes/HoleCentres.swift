import EPUArchive
import EPUCore
import GRDB

/// Where the centre of its foil hole lies for each exposure: its position less what the template adds.
///
/// Exposures of one hole that was aimed at once have one centre, whatever their areas; so two centres tell how two aims
/// differ, where two exposures' distance would also hold the distance of their areas.
struct HoleCentres {
    /// um; up to a constant of its frame. Not finite where the exposure has no position.
    private(set) var centre: [Vector2]
    /// Centres of one frame can be compared. 0: true centres, as EpuSession.dm has the template. Another: a template, or a
    /// part of one, whose place within the hole is not known.
    private(set) var frame: [Int32]

    /// - Parameters:
    ///   - calibration: of each exposure, an index into `matrices`; nil: it has no position.
    ///   - matrices: um per beam-shift unit.
    init(
        _ exposures: [SessionExposure], positions: [Vector2], visits: Visits, calibration: [Int?], matrices: [Matrix2],
        template: TemplateOffsets
    ) {
        centre = positions
        frame = [Int32](repeating: -1, count: exposures.count)
        var frames: Int32 = 1
        var members = [[Int]](repeating: [], count: matrices.count)
        for (index, calibration) in calibration.enumerated() {
            if let calibration { members[calibration].append(index) }
        }
        for (matrix, members) in zip(matrices, members) where !members.isEmpty {
            let areas = TemplateAreas(
                members.map { exposures[$0] }, visitOfExposure: members.map { visits.visit[$0] })
            let constants = Self.constants(areas, matrix, template.of(exposures[members[0]].sessionID))
            let first = frames
            frames += Int32(clamping: areas.component.count)
            for index in members {
                let area = exposures[index].area
                let component = areas.component[area] ?? 0
                centre[index] = centre[index] - matrix * (areas.areas[area] ?? .zero) - (constants[component] ?? .zero)
                frame[index] = constants[component] == nil ? first + Int32(clamping: component) : 0
            }
        }
    }

    /// Distance of the centres of two exposures, um; nil where they cannot be compared.
    func distance(_ a: Int, _ b: Int) -> Double? {
        frame[a] == frame[b] && frame[a] >= 0 ? centre[a].distance(to: centre[b]) : nil
    }

    /// The least distance that the centres of two exposures have, if the direction of the beam shift is not known, nor its scale
    /// but for a quarter, um.
    /// - Parameters: read-backs of the stage, um.
    func leastDistance(_ a: Int, _ b: Int, stages: (Vector2, Vector2)) -> Double? {
        guard frame[a] == frame[b], frame[a] >= 0 else { return nil }
        let stage = stages.0.distance(to: stages.1)
        let shift = (centre[a] - stages.0).distance(to: centre[b] - stages.1)
        let margin = ExposureComparison.scaleMargin
        return max(0, stage - margin * shift, shift / margin - stage)
    }

    /// Of each component, the mean of its areas from the hole's centre, um; none where EpuSession.dm lacks one of them.
    private static func constants(_ areas: TemplateAreas, _ matrix: Matrix2, _ offsets: [Int64: Vector2])
        -> [Int: Vector2]
    {
        var differences: [Int: [Vector2?]] = [:]
        for (area, component) in areas.component {
            differences[component, default: []].append(
                offsets[area].map { $0 - matrix * (areas.areas[area] ?? .zero) })
        }
        return differences.compactMapValues { values in
            let known = values.compactMap { $0 }
            return known.count == values.count ? known.mean : nil
        }
    }
}

/// The areas of the template from the hole's centre, stage frame, um: of each session, as its EpuSession.dm has them, or its hole images.
struct TemplateOffsets {
    private var ofSession: [Int64: [Int64: Vector2]] = [:]

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        let list = sessionIDs.sqlList
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT session_id, area, offset_x_um, offset_y_um FROM area_offset WHERE session_id IN (\(list))
                """)
        while let row = try rows.next() {
            ofSession[row[0], default: [:]][row[1]] = Vector2(row[2], row[3])
        }
    }

    /// As the judged session has them: on a grid that was turned, the template of an earlier session lies turned.
    func moved(_ moves: [Int64: GridMove]) -> TemplateOffsets {
        var turned = self
        for (session, move) in moves where move.linear != .identity {
            turned.ofSession[session] = ofSession[session]?.mapValues { move.linear * $0 }
        }
        return turned
    }

    func of(_ sessionID: Int64) -> [Int64: Vector2] { ofSession[sessionID] ?? [:] }
}
