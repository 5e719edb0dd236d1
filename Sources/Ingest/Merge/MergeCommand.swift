import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join archives: bring the sessions of others into one.",
        discussion: """
            Brings the sessions of each shard, an archive of some sessions, into the archive, with all that was found and said \
            of them: analyses, reviews, numbers of optics groups, what was published. The shards are not changed. Each shard is \
            one transaction, so that the same command completes a merge that was interrupted; a shard that is there already \
            changes nothing.

            Of a session that both have, the more complete one stays (more exposures, then more files, then more analyses; the \
            archive's where they are equal), and takes over what people said of the other: reviews, how it is to be calibrated, \
            what was published. An archive's session stays, too, where reviews would be lost with it, as the shard's lacks their \
            exposures. A session is in both where EpuSession.dm gives the same name and start, or where exposures are in both, or \
            where one that has none yet lies in the same folder; with two instruments it is not. What goes across sessions is \
            found afterwards by epu-analyze.

            What a person took back in the archive comes back when a shard that still says it is merged again.

            EXAMPLE
              epu-simulate shard-session --exposures 60 --no-images --seed 9
              epu-ingest --db shard.db shard-session
              epu-ingest merge shard.db --db merged.db
              epu-analyze --db merged.db

            STATUS
              0 done, 1 failed (what was merged before stays), 64 wrong usage
            """)

    @Argument(help: "The archives whose sessions are to come in.", completion: .file())
    var shards: [String]

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        // A shard that is missing or no archive is found out before the first one comes in.
        let files = try shards.map { try ShardFile($0, into: archive.path) }
        let isNew = NewArchive.isToBeMade(archive.path)
        let merge = try ShardMerge(into: Archive(archive.path, access: .create))
        var merged: [MergedShard] = []
        var progress = ProgressLine("shards", total: shards.count)
        do {
            for shard in files {
                merged.append(try merge.run(shard))
                progress.advance(by: 1)
            }
        } catch {
            progress.finish()
            if !merged.isEmpty { try report(merged) }
            throw error
        }
        progress.finish()
        try report(merged)
        if isNew, !output.json { quiet.result(NewArchive.text(archive.path)) }
    }

    private func report(_ merged: [MergedShard]) throws {
        if output.json {
            try Console.result(json: merged)
        } else {
            quiet.result(merged.map(\.text).joined(separator: "\n"))
        }
    }
}
