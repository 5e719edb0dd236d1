/// Why two exposures lie on one place, as the archive and a simulation's truth file spell it.
public enum OverlapCause: String, Codable, CaseIterable, Sendable {
    /// The hole's area was shot again.
    case sameArea = "same-area"
    /// Two clusters of holes were shot from one stage stop: the stage did not move between them.
    case unmovedStage = "unmoved-stage"
    /// Different foil holes on one site of the foil: the hole centre was taken on a neighbour.
    case wrongCentre = "wrong-centre"
    /// An area beside the earlier one was hit in part.
    case neighbour
    /// Two areas of one visit to a hole, as the template has them.
    case byDesign = "by-design"
    /// The earlier exposure belongs to another session on the same grid.
    case acrossSessions = "across-sessions"
    case unexplained

    /// Of the rules that tell causes, as `analysis.rules` has it: results of other rules are found anew.
    public static let rulesVersion = 2
}
