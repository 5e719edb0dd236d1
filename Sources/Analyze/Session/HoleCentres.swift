import EPUCore

/// Where the centre of its foil hole lies for each exposure: its position less what the template adds.
///
/// Exposures of one hole that was aimed at once have one centre, whatever their areas; so two centres tell how two aims
/// differ, where two exposures' distance would also hold the distance of their areas.
struct HoleCentres {
    /// The centre for each exposure, um, up to a constant of its frame. Not finite where the exposure has no position.
    private(set) var centre: [Vector2]
    /// The frame of each centre. Centres of one frame can be compared. 0: true centres, as EpuSession.dm has the template.
    /// Another number: a template, or a part of one, whose place within the hole is not known.
    private(set) var frame: [Int32]

    /// - Parameters:
    ///   - calibration: for each exposure, an index into `matrices`; nil: it has no position.
    ///   - matrices: the matrices of the calibrations, um per beam-shift unit.
    init(
        _ exposures: [SessionExposure], positions: [Vector2], visits: Visits, calibration: OptionalIndexColumn,
        matrices: [Matrix2], template: TemplateOffsets
    ) {
        centre = positions
        frame = [Int32](repeating: -1, count: exposures.count)
        var frames: Int32 = 1
        var members = [[Int]](repeating: [], count: matrices.count)
        for (index, calibration) in calibration.enumerated() {
            if let calibration { members[calibration].append(index) }
        }
        for (matrix, members) in zip(matrices, members) where !members.isEmpty {
            let areas = TemplateAreas(exposures, members, visitOfExposure: visits.visit)
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

    /// The distance of the centres of two exposures, um; nil where they cannot be compared.
    func distance(_ a: Int, _ b: Int) -> Double? {
        frame[a] == frame[b] && frame[a] >= 0 ? centre[a].distance(to: centre[b]) : nil
    }

    /// The least distance that the centres of two exposures have, um, if the direction of the beam shift is not known, and its scale
    /// only roughly.
    /// - Parameters:
    ///   - stages: read-backs of the stage, um.
    ///   - margin: the factor by which the scale of the beam shift may be wrong.
    func leastDistance(_ a: Int, _ b: Int, stages: (Vector2, Vector2), scaleMargin margin: Double) -> Double? {
        guard frame[a] == frame[b], frame[a] >= 0 else { return nil }
        let stage = stages.0.distance(to: stages.1)
        let shift = (centre[a] - stages.0).distance(to: centre[b] - stages.1)
        return max(0, stage - margin * shift, shift / margin - stage)
    }

    /// For each component, the mean of its areas from the hole's centre, um; no entry where EpuSession.dm lacks one of them.
    private static func constants(_ areas: TemplateAreas, _ matrix: Matrix2, _ offsets: [Int64: Vector2])
        -> [Int: Vector2]
    {
        var differences: [Int: [Vector2?]] = [:]
        // In the order of ids, so that sums round alike in every run.
        for (area, component) in areas.component.sorted(by: { $0.key < $1.key }) {
            differences[component, default: []].append(
                offsets[area].map { $0 - matrix * (areas.areas[area] ?? .zero) })
        }
        return differences.compactMapValues { values in
            let known = values.compactMap { $0 }
            return known.count == values.count ? known.mean : nil
        }
    }
}
