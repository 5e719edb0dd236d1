import Foundation
import TestSupport
import Testing

@Suite("Movies from the microscope's folder to the lists")
struct SeenMoviesTests {
    /// What a camera's movie of a simulated exposure is called instead, and files beside it that are none.
    struct Naming: Sendable {
        let movies: [String]
        let others: [String]
    }

    @Test(
        "Every movie that lies in the session is listed as it is called, also where its XML cannot be read",
        arguments: [
            Naming(movies: ["-0000.mrc"], others: ["-gain-ref.MRC"]),
            Naming(movies: (1...9).map { "-\($0).mrc" }, others: ["-gain-ref.MRC", ".mrc"]),
            Naming(movies: ["_fractions.tiff.bz2"], others: ["_gain.tiff", ".mrc"]),
            Naming(movies: ["_fractions.mrc.lz4"], others: [".mrc", ".xml.bak"]),
        ])
    func listed(naming: Naming) throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> String {
            let run = try ToolRun.run(
                tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["archive.db"]])
            #expect(run.status == 0, "\(run.errors)")
            return run.output
        }
        _ = try run("epu-simulate", ["make", "session", "--no-images", "--exposures", "60", "--epu-version", "3.9"])
        let data = try #require(
            FileManager.default.subpathsOfDirectory(atPath: folder["session"]).first { $0.hasSuffix("/Data") })
        let names = folder.names("session/" + data).filter { $0.hasSuffix(".xml") }.map { String($0.dropLast(4)) }
        #expect(names.count == 60)
        for name in names {
            for suffix in naming.movies + naming.others { try folder.write("session/\(data)/\(name)\(suffix)", "") }
        }
        try folder.write("session/\(data)/\(names[7]).xml", "<MicroscopeImage")
        _ = try run("epu-ingest", ["session"])
        _ = try run("epu-analyze", [])
        let output = try run("epu-report", ["lists"])
        #expect(
            output.contains("  1 in neither list, but in duplicates_notjudged_*.txt: 1 without a readable XML\n"),
            "\(output)")
        #expect(!output.contains("guessed") && !output.contains("not seen"), "\(output)")
        func list(_ word: String) throws -> [String] {
            try folder.text("report/session/duplicates_\(word)_tiff.txt").split(separator: "\n").map(String.init)
        }
        func paths(_ name: String) -> [String] {
            naming.movies.map { folder["session/\(data)/\(name)\($0)"] }
        }
        #expect(try list("notjudged") == paths(names[7]))
        let judged = try list("keepfiles") + list("badfiles")
        #expect(judged.sorted() == names.filter { $0 != names[7] }.flatMap(paths).sorted())
        let optics = try run("epu-report", ["optics", "--movie-folder", "Movies"])
        #expect(optics.contains("without a readable XML, whose optics are not known"))
        let star = try folder.text("report/session/movies.star")
        #expect(names.filter { star.contains("\nMovies/\($0)\(naming.movies[0]) ") }.count == 59)
    }
}
