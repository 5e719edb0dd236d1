import ArgumentParser
import EPUCore

/// The way in which a matrix is to be found, as a person asks for it.
enum MethodChoice: ExpressibleByArgument {
    /// All methods, of which the best is taken.
    case auto
    case only(CalibrationMethod)

    private static let searches = CalibrationMethod.allCases.filter(\.isSearch)
    private static let autoWord = "auto"

    static var allValueStrings: [String] { [autoWord] + searches.map(\.rawValue) }

    /// The words that may be given, for the middle of a sentence.
    static var list: String {
        allValueStrings.dropLast().joined(separator: ", ") + " or " + (allValueStrings.last ?? "")
    }

    init?(argument: String) {
        if argument == Self.autoWord {
            self = .auto
        } else if let method = Self.searches.first(where: { $0.rawValue == argument }) {
            self = .only(method)
        } else {
            return nil
        }
    }

    /// The only method that is asked for; nil: all.
    var method: CalibrationMethod? {
        switch self {
        case .auto: nil
        case .only(let method): method
        }
    }

    var defaultValueDescription: String { method?.rawValue ?? Self.autoWord }
}
