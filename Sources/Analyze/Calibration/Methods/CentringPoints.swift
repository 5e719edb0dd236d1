import EPUCore

/// What EPU's own matrix must satisfy: M x beam shift = offset + area, exactly.
///
/// For a hole that was centred by an image of its own, the offset is where EPU found it in the last one before the
/// exposures, and area is the place of the template's area from the hole's centre. With the beam shift as area + hole, all
/// areas of one component of the template share one unknown: M x hole - offset = constant. Where EpuSession.dm gives an
/// area's place, M x (-area) - (-place) is the same constant, so that such an area is one more equation of the same kind.
/// (Found on EPU 3.13: the residual is 5e-9 um.)
struct CentringPoint: Sendable {
    /// The beam shift, in beam-shift units.
    let beamShift: Vector2
    /// Where EPU found the hole, in the frame and scale of the hole image, um.
    let offset: Vector2
    /// The component of the template.
    let component: Int
    /// The indices of the visit and of the hole's image; nil for an area of the template.
    var hole: (visit: Int, image: Int)?
}

struct CentringPoints: Sendable {
    private(set) var points: [CentringPoint] = []
    /// For each visit, the last image of any hole that was taken before it; nil: there was none.
    private(set) var lastImage: [Int?]
    /// For each visit, the last image of its own hole before it, taken from where its stop is; nil: there was none.
    private(set) var ownImage: [Int?]

    init(_ input: CalibrationInput) {
        let (visits, images) = (input.visits, input.holeImages)
        lastImage = [Int?](repeating: nil, count: visits.visits.count)
        ownImage = lastImage
        var lastOfHole: [Int64: Int] = [:]
        var next = 0
        var seen: Set<Key> = []
        for (index, visit) in visits.visitOfExposure.enumerated() {
            guard index == 0 || visits.visitOfExposure[index - 1] != visit else { continue }
            while next < images.count, images[next].acquired < input.exposures[index].acquired {
                lastOfHole[images[next].foilHole] = next
                next += 1
            }
            let hole = visits.visits[visit]
            guard next > 0, lastImage[visit] == nil else { continue }
            lastImage[visit] = next - 1
            // An image that was taken from elsewhere belongs to another visit.
            guard let image = lastOfHole[hole.foilHole],
                images[image].stage.distance(to: visits.stops[hole.stop].stage) <= StageStopRun.tolerance
            else { continue }
            ownImage[visit] = image
            let component = visits.component[input.exposures[index].area] ?? 0
            // A beam shift that is repeated says nothing new.
            guard seen.insert(Key(hole.beamShift, component)).inserted else { continue }
            points.append(
                CentringPoint(
                    beamShift: hole.beamShift, offset: images[image].offset, component: component,
                    hole: (visit, image)))
        }
        for (area, place) in input.areaOffsets.sorted(by: { $0.key < $1.key }) {
            guard let shift = visits.areas[area], let component = visits.component[area] else { continue }
            points.append(CentringPoint(beamShift: -shift, offset: -place, component: component))
        }
    }

    /// Beam shifts are the same where they differ by no more than this, beam-shift units: EPU repeats them to the last digit, and
    /// taking areas off leaves round-off.
    static let sameBeamShift = 1e-9

    private struct Key: Hashable {
        let x, y: Int
        let component: Int

        init(_ shift: Vector2, _ component: Int) {
            x = Int((shift.x / CentringPoints.sameBeamShift / 10).rounded())
            y = Int((shift.y / CentringPoints.sameBeamShift / 10).rounded())
            self.component = component
        }
    }
}
