/// Why two exposures lie on one place; the raw values stand in the archive and in a simulation's truth file.
public enum OverlapCause: String, Codable, CaseIterable, Sendable {
    /// The hole's area was shot again.
    case sameArea = "same-area"
    /// Two clusters of holes were shot from one stage stop: the stage did not move between them.
    case unmovedStage = "unmoved-stage"
    /// Different foil holes lie on one site of the foil: the hole centre was taken on a neighbour.
    case wrongCentre = "wrong-centre"
    /// An area beside the earlier one was hit in part.
    case neighbour
    /// Two areas of one visit to a hole overlap because the template has them so.
    case byDesign = "by-design"
    /// The earlier exposure belongs to another session on the same grid.
    case acrossSessions = "across-sessions"
    case unexplained

    /// The version of the rules that tell causes, and how the grid lay in two sessions, which `analysis.rules` holds: results of
    /// other rules are found again.
    public static let rulesVersion = 3
}

// MARK: - What follows from a cause

extension OverlapCause {
    /// The cause in a sentence, for a reader who has not read the documentation.
    public var explanation: String {
        switch self {
        case .sameArea: "A hole was shot again, as when a session was started again."
        case .unmovedStage: "The stage did not move: this cluster of holes was shot on the holes of the one before."
        case .wrongCentre: "A hole's centre was taken on a neighbour: different holes lie on one site of the foil."
        case .neighbour: "An area beside an earlier one was hit in part."
        case .byDesign: "Areas of one pass through a hole, as the template has them."
        case .acrossSessions: "The earlier exposure belongs to another session."
        case .unexplained: "Two areas of one visit do not lie as the template says."
        }
    }

    /// The cause in a few plain words, for headings, legends and tables; the code word stands beside them or in a tooltip.
    public var plainWords: String {
        switch self {
        case .sameArea: "hole shot again"
        case .unmovedStage: "stage did not move"
        case .wrongCentre: "centred on a wrong hole"
        case .neighbour: "hit by a neighbouring area"
        case .byDesign: "areas of the template overlap"
        case .acrossSessions: "exposed in another session"
        case .unexplained: "not explained"
        }
    }

    /// What happened, to be read after a number and a time: `51 were lost at 16:32 when the stage did not move`.
    public var circumstance: String {
        switch self {
        case .sameArea: "when a hole was shot again"
        case .unmovedStage: "when the stage did not move"
        case .wrongCentre: "when a hole's centre was taken on a neighbour"
        case .neighbour: "when an area beside an earlier one was hit in part"
        case .byDesign: "where areas of the template overlap"
        case .acrossSessions: "where another session had exposed the grid"
        case .unexplained: "where two areas of one visit do not lie as the template says"
        }
    }

    /// Whether the template plans such pairs: they make an exposure overexposed only where neighbours count.
    public var isPlanned: Bool {
        switch self {
        case .byDesign: true
        case .sameArea, .unmovedStage, .wrongCentre, .neighbour, .acrossSessions, .unexplained: false
        }
    }

    /// Whether the cluster of holes that was shot at a wrong place is to blame, even where it is the earlier one of the two; for
    /// other causes it is always the later one.
    public var blamesMisplacedCluster: Bool {
        switch self {
        case .unmovedStage, .wrongCentre, .neighbour: true
        case .sameArea, .byDesign, .acrossSessions, .unexplained: false
        }
    }

    /// Whether clusters that follow each other with this cause are one incident, for example where the stage stood still for an
    /// hour.
    public var joinsClusters: Bool {
        switch self {
        case .sameArea, .unmovedStage, .wrongCentre, .byDesign, .acrossSessions, .unexplained: true
        case .neighbour: false
        }
    }

    /// The colour of the cause in every plot, 0xRRGGBB. The colours follow Okabe and Ito ("Color Universal Design", 2008),
    /// darkened for dots, so that the colour-blind tell them apart, too.
    public var hexColour: UInt32 {
        switch self {
        case .sameArea: 0x0072b2
        case .unmovedStage: 0xd55e00
        case .wrongCentre: 0x009e73
        case .neighbour: 0xcc79a7
        case .byDesign: 0xe69f00
        case .acrossSessions: 0x56b4e9
        case .unexplained: 0x8c6d1f
        }
    }
}
