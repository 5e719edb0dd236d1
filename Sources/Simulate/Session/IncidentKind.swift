import EPUCore

/// What is planted, as its option and the truth file call it.
enum IncidentKind: String, CaseIterable, Decodable, Sendable {
    case unmovedStage = "unmoved-stage"
    case wrongCentre = "wrong-centre"
    case repeatedHole = "repeated-hole"
    case partialOverlap = "partial-overlap"

    /// What an archive calls an incident of this kind.
    var cause: OverlapCause {
        switch self {
        case .unmovedStage: .unmovedStage
        case .wrongCentre: .wrongCentre
        case .repeatedHole: .sameArea
        case .partialOverlap: .neighbour
        }
    }
}
