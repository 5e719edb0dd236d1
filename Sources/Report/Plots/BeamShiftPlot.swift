import EPUCore
import EPUDrawing

extension ClusterPlot {
    /// The beam shifts of a calibration's exposures, coloured by beam-shift position, over the lattice of the foil.
    init(
        _ exposures: [CalibratedExposure], positions: PlottedPositions?, lattice: PlottedLattice?, title: String
    ) {
        let counted = "\(counted(exposures.count, "exposure"))"
        guard let positions else {
            self.init(
                points: exposures.map(\.beamShift), cluster: exposures.map { _ in -1 }, centers: [], title: title,
                figures: counted + ", not sorted by position" + (lattice == nil ? ": no foil lattice was found" : ""))
            return
        }
        self.init(
            points: exposures.map(\.beamShift), cluster: exposures.map { positions.ofExposure[$0.exposureID] ?? -1 },
            centers: positions.centersByID, title: title)
        figures = "\(counted) at \(EPUCore.counted(positions.positions.count, "position"))"
        guard let lattice else { return }
        let placed = positions.positions.compactMap { position in
            position.site.map { (place: position.center, site: $0, weight: Double(position.exposures)) }
        }
        guard let origin = lattice.origin(fitting: placed) else { return }
        lines = lattice.lines(through: placed.map(\.site), origin: origin)
        figures +=
            "; lattice \(lattice.a.length.text(decimals: 4)) x \(lattice.b.length.text(decimals: 4)) units, "
            + "\(lattice.angleDegrees.text(decimals: 1)) degrees"
    }
}
