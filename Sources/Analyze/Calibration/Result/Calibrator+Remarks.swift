import EPUCore

extension Calibrator {
    /// The remarks that a user should read, whatever the verdict.
    func remarks() -> [String] {
        var remarks: [String] = []
        if input.visits.additivityError > 1e-4 {
            remarks.append("Areas of the template lie differently in different holes.")
        }
        let stops = input.visits.stops.count
        let holes = Set(input.visits.visits.map(\.foilHole)).count
        let farthest = input.visits.greatestBeamShift * Calibration.typicalScale
        if stops > 1 && stops >= holes && farthest < Calibration.reachWithoutAFIS {
            remarks.append(
                "Each hole has a stage stop of its own (no AFIS): the beam moves by at most "
                    + "\(farthest.text(significant: 2)) um, so a wrong matrix does little.")
        }
        if input.magnifications.count > 1 {
            let list = input.magnifications.prefix(3).map {
                "\($0.magnification.map(String.init) ?? "unknown") (\($0.exposures))"
            }
            remarks.append("Magnifications \(list.joined(separator: ", ")) share one matrix.")
        }
        return remarks
    }
}
