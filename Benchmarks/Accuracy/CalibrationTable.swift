import EPUCore

/// How many calibrations of a kind are right, and how many were called good.
struct CalibrationCounts: Encodable {
    let sessions: Int
    /// The number of calibrations within the limits of `CalibrationError`, whatever they were called.
    let correct: Int
    let good: Int
    let goodAndCorrect: Int
    let goodButWrong: Int
    let doubtful: Int
    let undetermined: Int

    init(_ calibrations: [(verdict: String, isCorrect: Bool)]) {
        sessions = calibrations.count
        correct = calibrations.count { $0.isCorrect }
        good = calibrations.count { $0.verdict == "good" }
        goodAndCorrect = calibrations.count { $0.verdict == "good" && $0.isCorrect }
        goodButWrong = good - goodAndCorrect
        doubtful = calibrations.count { $0.verdict == "doubtful" }
        undetermined = calibrations.count { $0.verdict == "undetermined" }
    }

    var cells: [String] {
        [sessions, correct, good, goodAndCorrect, goodButWrong, doubtful, undetermined].map(\.description)
    }
}

/// Counts of calibrations, one row for each kind of session.
struct CalibrationTable: Encodable {
    struct Line: Encodable {
        let kind: String
        let stops: String
        let counts: CalibrationCounts
    }

    let title: String
    /// What a row counts: sessions, or calibrations.
    private let unit: String
    private(set) var lines: [Line] = []

    /// A table of the calibrations that analyses use, by what the session has to calibrate from.
    static func byHoleMaps(_ sessions: [JudgedSession]) -> CalibrationTable {
        var table = CalibrationTable(title: "used by analyses", unit: "sessions")
        for (kind, hasHoleMaps) in [("hole maps", true), ("none", false)] {
            table.add(kind, sessions.filter { $0.session.plan.hasHoleMaps == hasHoleMaps })
        }
        return table
    }

    /// A table of all calibrations that are stored, by method, whether or not analyses use them.
    static func byMethod(_ sessions: [JudgedSession]) -> CalibrationTable {
        var table = CalibrationTable(title: "all, by method", unit: "found")
        for method in Set(sessions.flatMap { $0.candidates.map(\.method) }).sorted() {
            table.add(method, sessions) { session in
                session.candidates.filter { $0.method == method }.map { ($0.verdict, $0.isCorrect) }
            }
        }
        return table
    }

    /// A table of the sessions that have nothing but beam shifts and stage positions, by what can be made of their hole ids.
    static func withoutHoleMaps(_ sessions: [JudgedSession]) -> CalibrationTable {
        var table = CalibrationTable(title: "without hole maps", unit: "sessions")
        let plain = sessions.filter { !$0.session.plan.hasHoleMaps }
        let square = plain.filter { !$0.session.plan.isHexagonal }
        table.add("square, spiral ids", square.filter { !$0.session.plan.hasRandomNumbers })
        table.add("square, random ids", square.filter { $0.session.plan.hasRandomNumbers })
        table.add("hexagonal", plain.filter { $0.session.plan.isHexagonal })
        return table
    }

    private init(title: String, unit: String) { (self.title, self.unit) = (title, unit) }

    /// Adds a line for each number of stops, and one for all of them.
    private mutating func add(
        _ kind: String, _ sessions: [JudgedSession],
        calibrations: (JudgedSession) -> [(verdict: String, isCorrect: Bool)] = { [($0.verdict, $0.isCorrect)] }
    ) {
        for band in StopBand.allCases {
            let counts = CalibrationCounts(sessions.filter { $0.stops == band }.flatMap(calibrations))
            lines.append(Line(kind: kind, stops: band.rawValue, counts: counts))
        }
        lines.append(Line(kind: kind, stops: "all", counts: CalibrationCounts(sessions.flatMap(calibrations))))
    }

    var text: String {
        var table = TextTable([
            title, "stops", unit, "correct", "good", "good, correct", "good, wrong", "doubtful", "undetermined",
        ])
        for line in lines { table.add([line.kind, line.stops] + line.counts.cells) }
        return table.text
    }

    enum CodingKeys: CodingKey { case title, lines }
}
