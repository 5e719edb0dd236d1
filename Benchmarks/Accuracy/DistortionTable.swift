import EPUCore

/// Sessions that are distorted by about as much in one way.
struct DistortionBand: Sendable {
    let name: String
    private let value: @Sendable (StudyDistortions) -> Double
    /// The range of the distortion, without its lower end, unless it is 0 alone.
    private let range: ClosedRange<Double>

    func holds(_ distortions: StudyDistortions) -> Bool {
        let value = value(distortions)
        return range.upperBound == 0 ? value == 0 : value > range.lowerBound && value <= range.upperBound
    }

    static let readbackErrors = bands("read-back", "um", [0.05, 0.1, 0.15]) { $0.readbackError }
    static let all =
        bands("turn", "degrees", [1, 2, 3]) { $0.squareTurn } + bands("stretch", "%", [1, 2]) { $0.squareStretch }
        + readbackErrors + bands("backlash", "um", [0.05, 0.1]) { $0.backlash }
        + bands("wrinkle", "um", [0.025, 0.05]) { $0.wrinkle }

    /// The bands: one for no distortion, and one up to each of the ends.
    private static func bands(
        _ name: String, _ unit: String, _ ends: [Double], value: @escaping @Sendable (StudyDistortions) -> Double
    ) -> [DistortionBand] {
        let none = DistortionBand(name: "\(name) 0", value: value, range: 0...0)
        return [none]
            + zip([0] + ends, ends).map { low, high in
                DistortionBand(name: "\(name) up to \(high.text()) \(unit)", value: value, range: low...high)
            }
    }
}

/// What is found of sessions whose squares and stage are off by more and more: the overexposed exposures of all sessions,
/// good or not.
struct DistortionTable: Encodable {
    struct Line: Encodable {
        let kind: String
        let calibrations: CalibrationCounts
        let overlaps: OverlapCounts
    }

    let lines: [Line]

    init(_ sessions: [JudgedSession]) {
        lines = DistortionBand.all.map { band in
            let members = sessions.filter { band.holds($0.session.plan.distortions) }
            return Line(
                kind: band.name, calibrations: CalibrationCounts(members.map { ($0.verdict, $0.isCorrect) }),
                overlaps: OverlapCounts(members))
        }
    }

    var text: String {
        var table = TextTable([
            "squares and stage", "sessions", "good", "good, wrong", "true", "found", "invented", "precision", "recall",
        ])
        for line in lines {
            let (calibrations, overlaps) = (line.calibrations, line.overlaps)
            let numbers = [
                calibrations.sessions, calibrations.good, calibrations.goodButWrong, overlaps.overexposed,
                overlaps.found,
                overlaps.invented,
            ]
            table.add([line.kind] + numbers.map(\.description) + overlaps.shares)
        }
        return table.text
    }
}
