import EPUCore

/// What the files of a session cost at the least, in seconds on `jobs` threads with a warm page cache.
struct Floors: Codable {
    let jobs: Int
    let exposures: Int
    let files: Int
    /// The time to open and read every file that epu-ingest parses.
    let read: Spread
    /// The time to read the files and have libxml2 go through them with callbacks that do nothing.
    let parse: Spread
    /// The time to list every folder and ask for every file's size and time.
    let walk: Spread

    /// - Throws: `Failure` where a folder or file cannot be read, or there is no exposure.
    init(below folder: String, jobs: Int, runs: Int) throws {
        let tree = try FileTree.list(folder, jobs: jobs)
        guard tree.exposures > 0 else {
            throw Failure("No EPU exposure (FoilHole_*_Data_*.xml) below \(folder). Give the folder of a session.")
        }
        self.jobs = jobs
        exposures = tree.exposures
        files = tree.files
        try Self.read(tree.documents, jobs: jobs)
        read = try Spread(runs: runs) { try Self.read(tree.documents, jobs: jobs) }
        parse = try Spread(runs: runs) { try Self.parse(tree.documents, jobs: jobs) }
        walk = try Spread(runs: runs) { try FileTree.walk(folder, jobs: jobs) }
    }

    private static func read(_ paths: [String], jobs: Int) throws {
        try onThreads(jobs, count: paths.count) { next in
            var reader = FileReader()
            while let index = next() { try reader.read(paths[index]) }
        }
    }

    private static func parse(_ paths: [String], jobs: Int) throws {
        try onThreads(jobs, count: paths.count) { next in
            var reader = FileReader()
            let parser = try EmptyParser()
            while let index = next() {
                try reader.read(paths[index])
                guard parser.accepts(reader.buffer, length: reader.length) else {
                    throw Failure("\(paths[index]) is no well-formed XML: a floor is measured on whole files.")
                }
            }
        }
    }

    var text: String {
        var table = TextTable(["floor", "median s", "min s", "us/exposure"])
        for (name, spread) in [("walk", walk), ("read", read), ("parse", parse)] {
            table.add([
                name, spread.median.text(decimals: 4), spread.min.text(decimals: 4),
                (spread.median / Double(exposures) * 1e6).text(decimals: 1),
            ])
        }
        return "\(counted(exposures, "exposure")) among \(counted(files, "file")), \(counted(jobs, "thread"))\n\n"
            + table.text
    }
}
