import ArgumentParser
import EPUConsole
import Foundation

/// The options `--tools` and `--scratch`, which measuring commands take.
struct PlaceOptions: ParsableArguments {
    @Option(help: "The folder of the tools. Default: the one of this program.", completion: .directory)
    var tools: String?

    @Option(help: "Where files to measure with are made.", completion: .directory)
    var scratch = "bench"
}

/// The option `--python`, for the programs that the tools are compared with.
struct PythonOptions: ParsableArguments {
    @Option(help: "A Python that has SciPy and Pillow. Default: .build-venv/bin/python, where it is.")
    var python: String?

    private static let own = ".build-venv/bin/python"

    /// The path of Python; nil, which is said on standard error, where there is none.
    var path: String? {
        if let python { return python }
        if access(Self.own, X_OK) == 0 { return Self.own }
        Console.message("No \(Self.own), so nothing is compared with it: `make bench` installs it.")
        return nil
    }
}
