import EPUArchive
import EPUConsole
import EPUCore

/// The folder of a session's reports, and which analysis a command is about to show in it.
struct AboutFolder {
    private let folder: String
    private let command: String
    /// The commands whose files are written in the same run.
    private let together: Set<String>
    private let about: AboutFile
    /// What the folder says of the files that it holds already; nil if it says nothing.
    private let before: AboutFile?

    /// - Parameters:
    ///   - out: the folder above the folders of the sessions.
    ///   - command: the name of a command of epu-report, as `lists`.
    ///   - together: the names of the commands whose files are written in the same run: their older ones are no reason to warn.
    init(
        of choice: AnalysisChoice, below out: String, command: String, together: Set<String> = [], _ archive: Archive
    ) throws {
        folder = out + "/" + choice.session.folderName
        self.command = command
        self.together = together.subtracting([command])
        about = try archive.read { try AboutFile(of: choice, archive: archive.path, at: .now, $0) }
        before = AboutFile(in: folder)
    }

    /// Says on standard error if files of another analysis lie there, so that nobody takes them for parts of one result.
    func warn() {
        if let warning { Console.message("Warning: " + warning) }
    }

    /// What to say of files of another analysis; nil if the folder holds none once the command has written. Older files of the
    /// same command and the same analysis are no reason to warn, even if the analysis was repeated meanwhile: they are only
    /// brought up to date.
    var warning: String? {
        let others = (before?.commands ?? [:]).filter { name, _ in !together.contains(name) }.filter { name, shown in
            name == command ? !shown.isSameAnalysis(as: about.shown) : shown != about.shown
        }
        guard let other = others.min(by: { $0.key < $1.key })?.value else { return nil }
        let left = others.filter { $0.key != command }.keys.sorted()
        let start = "\(folder) holds files of \(Set(others.values.map(\.text)).sorted().joined(separator: ", ")); "
        guard !left.isEmpty else {
            return start + "\(command) writes those of \(about.shown.text) in place of \(other.text)."
        }
        return start
            + "\(command) writes those of \(about.shown.text). Run \(left.joined(separator: ", ")) again, too, "
            + "or give another --out."
    }

    /// Writes `about.json`, after the command's files are written.
    /// - Parameter hasFiles: whether the command wrote any; if not, the folder is not made for this file alone.
    func write(hasFiles: Bool = true) throws {
        guard hasFiles else { return try Self.forget(command, in: folder) }
        var about = about
        about.commands = before?.commands ?? [:]
        about.commands[command] = about.shown
        try about.write(to: folder)
    }

    /// Removes the name of a command that has left no file in a folder; with the last command, `about.json` is removed too.
    static func forget(_ command: String, in folder: String) throws {
        guard var about = AboutFile(in: folder), about.commands.removeValue(forKey: command) != nil else { return }
        if about.commands.isEmpty { AboutFile.remove(from: folder) } else { try about.write(to: folder) }
    }
}
