import EPUCore

/// What `epu-analyze clusters` prints of the positions of AFIS.
struct PositionReport: Encodable {
    struct Position: Encodable {
        let position: Int
        let latticeI: Int
        let latticeJ: Int
        let x: Double
        let y: Double
        let exposures: Int
        /// The rms distance of its holes from their mean, in parts of the pitch.
        let scatter: Double
    }

    let session: String
    let exposures: Int
    let foil: String
    /// The distance of neighbouring positions, beam-shift units.
    let pitch: Double
    let positions: [Position]
    let merged: [Int]
    let empty: [Int]
    let between: Int
    /// The number of positions that the radius of AFIS allows; nil where it, or the scale, is not known.
    let expected: Int?

    /// - Parameter scale: the scale, um per unit, where it is known.
    init(_ session: String, _ found: BeamShiftPositions, _ input: CalibrationInput, scale: Double?) {
        self.session = session
        exposures = found.membership.count
        foil = found.lattice.kind.rawValue
        pitch = found.lattice.pitch
        positions = found.positions.map {
            Position(
                position: $0.id, latticeI: $0.node.i, latticeJ: $0.node.j, x: $0.center.x, y: $0.center.y,
                exposures: $0.exposures, scatter: $0.scatter)
        }
        merged = found.merged
        empty = found.empty
        between = found.between
        expected = scale.flatMap { scale in
            input.clusterRadius.flatMap { radius in
                radius > 0 ? BeamShiftPositions.count(within: radius, found.lattice, scale: scale) : nil
            }
        }
    }

    var text: String {
        var table = TextTable(["position", "i", "j", "x", "y", "exposures", "scatter %"])
        for position in positions {
            table.add([
                "\(position.position)", "\(position.latticeI)", "\(position.latticeJ)", position.x.text(decimals: 5),
                position.y.text(decimals: 5), "\(position.exposures)", (100 * position.scatter).text(decimals: 1),
            ])
        }
        var lines = [
            "\(session): \(counted(exposures, "exposure")) at \(counted(positions.count, "position")) of a \(foil) lattice, "
                + "\(pitch.text(significant: 4)) units apart",
            table.text,
        ]
        if let expected { lines.append("\(expected) positions lie within the radius of AFIS") }
        if !empty.isEmpty { lines.append("no hole at \(Self.list(empty)), nearer to the centre than others in use") }
        if !merged.isEmpty { lines.append("more than one heap of holes at \(Self.list(merged))") }
        if between > 0 { lines.append("\(counted(between, "hole")) between two positions: missed, or hit twice") }
        return lines.joined(separator: "\n")
    }

    private static func list(_ ids: [Int]) -> String {
        (ids.count == 1 ? "position " : "positions ") + ids.prefix(20).map(String.init).joined(separator: ", ")
            + (ids.count > 20 ? " and \(ids.count - 20) more" : "")
    }
}
