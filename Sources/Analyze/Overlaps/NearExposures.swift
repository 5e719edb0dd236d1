import EPUCore

/// Leaves out what earlier sessions exposed too far away to matter to the one that is judged: a grid that many sessions
/// visited is not placed as often as it was visited.
enum NearExposures {
    /// - Parameters:
    ///   - exposures: the exposures in time order, with what was assumed of their beams.
    ///   - positions: their positions, um; those that are not finite are left out.
    ///   - radius: the radius within which beam centres are sought, um.
    ///   - margin: how much farther is searched, um, as positions are only known with an error.
    /// - Returns: all exposures of the judged session, and the others near one of them.
    static func of(
        _ sessionID: Int64, _ exposures: [SessionExposure], at positions: [Vector2], radius: Double,
        margin: Double
    ) -> [SessionExposure] {
        let reach = max(radius, PreExposure.nearestReach, greatestReach(exposures)) + margin + roundOff
        var grid = PositionGrid(reach: reach)
        for (exposure, position) in zip(exposures, positions) where exposure.sessionID == sessionID {
            grid.append(position)
        }
        return zip(exposures, positions).compactMap { exposure, position in
            exposure.sessionID == sessionID || grid.nearest(within: reach, of: position) != nil ? exposure : nil
        }
    }

    /// The greatest distance from the centre of a camera field to that of a beam that hits it, on the tilted specimen, um.
    private static func greatestReach(_ exposures: [SessionExposure]) -> Double {
        var (beam, field) = (0.0, 0.0)
        for exposure in exposures {
            beam = max(beam, exposure.beamReach / exposure.cosine)
            field = max(field, exposure.fieldReach / exposure.cosine)
        }
        return beam + field
    }

    /// The distance that is added for round-off, um, more than is needed.
    private static let roundOff = 0.01
}
