import EPUCore
import Foundation

/// A page in one file, which holds its style, script, data and pictures.
///
/// Its content security policy allows the style and the script of this program, by their hashes, pictures in the page and beside
/// it, and no connection anywhere (https://www.w3.org/TR/CSP3/). A script that came into the page in a name would not run.
struct Page {
    /// A file of this program's resources, and the SHA-256 of its bytes in base 64, which PageTests checks.
    struct Part: Sendable {
        let bytes: [UInt8]
        let hash: String

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    let title: String
    /// The content of the page's element `body`.
    let body: HTML
    /// The styles that come after `Page.style`.
    var styles: [Part] = []
    /// The scripts, in the order in which they run.
    let scripts: [Part]
    /// The data that the script reads, as JSON; they are stored compressed.
    var data: [UInt8]?

    /// - Throws: `Failure` if the file cannot be written; an older one then stays.
    func write(to path: String) throws {
        var file = try OutputFile(path)
        try file.write(head.text)
        try file.write(body.text)
        if let data { try file.write(PageData(data).element) }
        for script in scripts { try file.write("\n<script>\(script.text)</script>") }
        try file.write("\n</body>\n</html>\n")
        try file.commit()
    }

    private var head: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(policy)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta name="generator" content="epu-report \(toolVersion)">
        <title>\(title)</title>
        <link rel="icon" href="data:,">
        \(allStyles.map { "<style>\(HTML(trusted: $0.text))</style>\n" as HTML }.joined())\
        </head>
        <body>

        """
    }

    private var allStyles: [Part] { [Self.style] + styles }

    private var policy: String {
        "default-src 'none'; img-src 'self' data:; style-src \(Self.sources(allStyles)); "
            + "script-src \(Self.sources(scripts)); base-uri 'none'; form-action 'none'"
    }

    private static func sources(_ parts: [Part]) -> String {
        parts.map { "'sha256-\($0.hash)'" }.joined(separator: " ")
    }
}
