import EPUArchive
import EPUConsole
import EPUCore
import Foundation

/// The messages of a watching tool: a line for each batch that brought something, on standard output.
final class FollowReporter {
    private let asJSON: Bool
    private let isQuiet: Bool
    private let notification: NotifyCommand?
    private var lastNote = ""
    private var told: Set<String> = []

    /// - Parameter notification: What is run for each incident; nil for nothing.
    init(asJSON: Bool, isQuiet: Bool = false, notification: NotifyCommand? = nil) {
        self.asJSON = asJSON
        self.isQuiet = isQuiet
        self.notification = notification
    }

    func report(_ report: IngestReport) {
        let problems = report.problemLines.filter { told.insert($0).inserted }
        let notices = report.noticeLines.filter { told.insert($0).inserted }
        guard report.hasNews || !problems.isEmpty || !notices.isEmpty else { return }
        if asJSON {
            try? Console.resultLine(json: report)
            return
        }
        for session in report.sessions where session.new + session.changed > 0 {
            var line = "\(Self.time) \(session.session ?? session.root): \(session.new) new"
            if session.changed > 0 { line += ", \(session.changed) changed" }
            Console.result(line + ", \(session.exposures) exposures")
        }
        for notice in notices { Console.result("\(Self.time) NOTICE \(notice)") }
        for problem in problems { Console.message("\(Self.time) \(problem)") }
    }

    /// Tells an incident, which may still grow.
    /// - Parameter isNew: Whether it is told for the first time: a person's command is run then, and no more.
    func tell(_ incident: IncidentRow, isNew: Bool) {
        if asJSON {
            try? Console.resultLine(json: incident)
        } else {
            Console.result(
                "\(Self.time) INCIDENT \(incident.session): \(counted(incident.micrographs, "micrograph")) so far, "
                    + "\(incident.cause.circumstance) (\(incident.cause.rawValue)), hole \(incident.foilHole), "
                    + "began \(incident.labelledTime)")
        }
        if isNew { notification?.run(for: incident) }
    }

    /// Says what is waited for when all that was there is read: an empty folder would else look like a tool that hangs. A program
    /// that reads JSON knows what it has started.
    func noteWaiting(for folders: [String], hasSessions: Bool) {
        guard !isQuiet, !asJSON, lastNote.isEmpty else { return }
        let places = folders.joined(separator: ", ")
        note(
            (hasSessions
                ? "Waiting for new files in \(places)."
                : "No session of EPU's in \(places) yet: waiting for its first files.")
                + " Ctrl-C ends this.")
    }

    /// Says something once, not again at every look.
    func note(_ text: String) {
        guard text != lastNote else { return }
        lastNote = text
        Console.message(text)
    }

    private static var time: String {
        var now = time_t(Date().timeIntervalSince1970)
        var parts = tm()
        localtime_r(&now, &parts)
        return String(format: "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec)
    }
}
