import EPUCore
import Foundation

/// The marks of a file in which each line has a micrograph, what a person says of it, and why, as a report's page saves it:
///
///     FoilHole_1_Data_2_3_20250108_154911    keep    only the rim was hit
///
/// Spaces or tabs part the words. A line that begins with `#` is a comment.
struct ReviewMarks {
    /// Micrographs of which one thing is said, for one reason.
    struct Group: Hashable {
        let verdict: ReviewVerdict
        let reason: String?
    }

    /// The names of each group, in the order in which the groups first occur.
    private(set) var groups: [(group: Group, names: [String])] = []

    var names: [String] { groups.flatMap(\.names) }

    /// - Throws: `Failure` where the file cannot be read, where a line says nothing of its micrograph, and where two lines say
    ///   different things of one.
    init(file: String) throws {
        var said: [String: Group] = [:]
        var places: [Group: Int] = [:]
        for (number, line) in try MicrographNames.rawLines(of: file) where !line.hasPrefix("#") {
            let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard words.count > 1, let verdict = ReviewVerdict(rawValue: String(words[1])) else {
                throw Failure(
                    "Line \(number) of \(file) does not say what its micrograph is. A line is a name, then keep, bad or clear, "
                        + "then a reason if there is one. To say the same of all, add --keep or --bad. Nothing was stored."
                )
            }
            let name = String(words[0])
            let reason = words.count > 2 ? words[2].trimmingCharacters(in: .whitespaces) : ""
            let group = Group(verdict: verdict, reason: reason.isEmpty || verdict == .clear ? nil : reason)
            // One micrograph may be named by several of its files.
            if let other = said.updateValue(group, forKey: MicrographNames([name]).bases.first ?? name) {
                guard other == group else {
                    throw Failure(
                        "\(file) says two things of \(name), the second in line \(number). Nothing was stored.")
                }
                continue
            }
            let place = places[group] ?? groups.count
            if place == groups.count {
                places[group] = place
                groups.append((group, []))
            }
            groups[place].names.append(name)
        }
    }
}
