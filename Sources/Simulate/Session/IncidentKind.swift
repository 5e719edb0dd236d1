import EPUCore

/// The kinds of planted incidents, as their options and the truth file call them.
enum IncidentKind: String, CaseIterable, Decodable, Sendable {
    case unmovedStage = "unmoved-stage"
    case wrongCentre = "wrong-centre"
    case repeatedHole = "repeated-hole"
    case partialOverlap = "partial-overlap"

    /// The cause that an archive gives to an incident of this kind.
    var cause: OverlapCause {
        switch self {
        case .unmovedStage: .unmovedStage
        case .wrongCentre: .wrongCentre
        case .repeatedHole: .sameArea
        case .partialOverlap: .neighbour
        }
    }
}
