import Testing

@testable import EPUConsole

@Suite("The order of arguments")
struct ToolArgumentsTests {
    @Test(
        "A subcommand may stand behind options; what is called like one and is an argument or a value stays",
        arguments: [
            ("--db a.db check", "check --db a.db"), ("-q --db a.db check --quick", "check -q --db a.db --quick"),
            ("--strict check", "check --strict"), ("--db=a.db load s", "load --db=a.db s"),
            ("check --db a.db", "check --db a.db"), ("--db a.db s check", "--db a.db s check"),
            ("--db check s", "--db check s"), ("--session load", "--session load"),
            ("--db a.db ./check", "--db a.db ./check"),
            ("-- check", "-- check"), ("--db a.db -- check", "--db a.db -- check"), ("s", "s"), ("", ""),
            ("-V", "--version"), ("--jobs 4 check", "check --jobs 4"), ("-o check load", "load -o check"),
        ])
    func ordered(given: String, wanted: String) {
        let arguments = given.split(separator: " ").map(String.init)
        #expect(
            ToolArguments.ordered(arguments, subcommands: ["check", "load"]).joined(separator: " ") == wanted)
    }
}
