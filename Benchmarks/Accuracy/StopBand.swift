/// A range of the number of stage stops that a session has: what can be known of a lattice grows with them.
enum StopBand: String, CaseIterable {
    case fewest = "3-5"
    case few = "6-13"
    case many = "14-29"
    case most = "30-60"

    init(stops: Int) {
        switch stops {
        case ..<6: self = .fewest
        case ..<14: self = .few
        case ..<30: self = .many
        default: self = .most
        }
    }
}
