import EPUCore

/// How the positions are told apart that the beam takes around the stage stops of a session, under one condition.
enum BeamPositions {
    /// The session has no AFIS: the beam has one position.
    case one
    case lattice(BeamShiftPositions)
    /// The holes lie on no lattice, for example on lacey carbon: positions are clusters of beam shifts.
    case clusters
    /// There are too few holes yet to tell.
    case unknown

    /// The number of holes that show a lattice under AFIS, where the foil has one.
    private static let tellingHoles = 20
    /// The greatest part of stops that are shared at different beam shifts without AFIS: there are none, except for some holes
    /// that were centred by shifting the image.
    private static let greatestSharedPart = 0.1

    /// - Parameters:
    ///   - positions: the positions in the input; nil where it shows no lattice.
    ///   - usesAFIS: whether EPU says that it uses AFIS; nil: it says nothing.
    init(_ input: CalibrationInput, _ positions: BeamShiftPositions?, usesAFIS: Bool?) {
        let visits = input.visits
        let staysInHole =
            visits.greatestBeamShift * Calibration.typicalScale < Calibration.reachWithoutAFIS
        let isOne =
            switch usesAFIS {
            case true?: false
            case false?: staysInHole
            // The first exposures of AFIS look alike, but several of its holes share a stop.
            case nil:
                staysInHole && positions == nil
                    && Double(visits.sharedStops) <= Self.greatestSharedPart * Double(visits.stops.count)
            }
        if isOne {
            self = .one
        } else if let positions {
            self = .lattice(positions)
        } else {
            self = visits.visits.count >= Self.tellingHoles || usesAFIS == false ? .clusters : .unknown
        }
    }

    /// The sites of the exposures of an input. Exposures whose position cannot be told are at none.
    /// - Parameters:
    ///   - groups: the number of each exposure that has one.
    ///   - optics: gives the optics of an exposure; nil where an ingest has replaced it since the input was read.
    func sites(of input: CalibrationInput, groups: [Int64: Int], optics: (Int64) -> Optics?) -> [OpticsSite] {
        var members: [Optics: [Int]] = [:]
        for (index, exposure) in input.exposures.enumerated() {
            if let optics = optics(exposure.exposureID) { members[optics, default: []].append(index) }
        }
        let sites = members.flatMap { optics, indices in
            parts(of: indices, input, groups).map { node, indices in
                (
                    first: indices[0],
                    site: OpticsSite(
                        optics: optics, center: indices.map { input.exposures[$0].beamShift }.mean, node: node,
                        tolerance: tolerance,
                        exposures: indices.map { (input.exposures[$0].exposureID, input.exposures[$0].acquired) })
                )
            }
        }
        return sites.sorted { $0.first < $1.first }.map(\.site)
    }

    private var tolerance: Double? {
        if case .clusters = self { BeamShiftClusters.tolerance } else { nil }
    }

    /// The exposures under the same optics by position, each part in time order.
    private func parts(of indices: [Int], _ input: CalibrationInput, _ groups: [Int64: Int])
        -> [(node: FoilLattice.Site?, members: [Int])]
    {
        switch self {
        case .one: return [(nil, indices)]
        case .lattice(let found):
            let nodes = Dictionary(found.positions.map { ($0.id, $0.node) }) { first, _ in first }
            return Dictionary(grouping: indices) { nodes[found.membership[$0]] }.map { ($0.key, $0.value) }
        case .clusters:
            let clusters = BeamShiftClusters(
                indices.map { input.exposures[$0].beamShift },
                groups: indices.map { groups[input.exposures[$0].exposureID] })
            return clusters.members.map { (nil, $0.map { indices[$0] }) }
        case .unknown: return []
        }
    }
}
