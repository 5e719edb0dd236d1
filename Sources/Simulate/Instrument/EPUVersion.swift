/// The versions of EPU whose files are known, each with the camera that it was seen with.
///
/// Of 3.11 only EpuSession.dm is known: its other files are written as those of 3.9.
enum EPUVersion: String, CaseIterable, Sendable {
    case epu12 = "1.2"
    case epu110 = "1.10"
    case epu23 = "2.3"
    case epu26 = "2.6"
    case epu34 = "3.4"
    case epu37 = "3.7"
    case epu38 = "3.8"
    case epu39 = "3.9"
    case epu311 = "3.11"

    var instrument: InstrumentStyle {
        switch self {
        case .epu12: Self.instrument12
        case .epu110: Self.instrument110
        case .epu23: Self.instrument23
        case .epu26: Self.instrument26
        case .epu34: Self.instrument34
        case .epu37: Self.instrument37
        case .epu38: Self.instrument38
        case .epu39: Self.instrument39
        case .epu311: Self.instrument311
        }
    }

    private static let instrument12 = InstrumentStyle.falcon3Integrating(.epu12)
    private static let instrument110 = InstrumentStyle.falcon3Integrating(.epu110)
    private static let instrument23 = InstrumentStyle.falcon3Integrating(.epu23)
    private static let instrument26 = InstrumentStyle.falcon3Counting(.epu26)
    private static let instrument34 = InstrumentStyle.k3(.epu34)
    private static let instrument37 = InstrumentStyle.k3(.epu37)
    private static let instrument38 = InstrumentStyle.falcon4i(.epu38)
    private static let instrument39 = InstrumentStyle.k3(.epu39)
    private static let instrument311 = InstrumentStyle.falcon4i(.epu311)
}
