/// A piece of HTML. What is interpolated into a literal is text and is escaped, unless it is HTML itself:
///
///     let cell: HTML = "<td title=\"\(name)\">\(name)</td>"
///
/// A session called `<script>` is therefore shown under that name, and does nothing else. Attributes must be quoted.
struct HTML: ExpressibleByStringInterpolation {
    var text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// - Parameter trusted: HTML of this program, as one of its resources has it.
    init(trusted: String) { text = trusted }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ value: Int) { text += String(value) }
        mutating func appendInterpolation(_ value: Int64) { text += String(value) }
    }

    /// The HTML if the condition holds, else nothing. A conditional expression with two literals would make text of them.
    static func when(_ condition: Bool, _ html: @autoclosure () -> HTML) -> HTML { condition ? html() : "" }

    static func + (a: HTML, b: HTML) -> HTML { HTML(trusted: a.text + b.text) }
    static func += (a: inout HTML, b: HTML) { a.text += b.text }

    /// The text as it may stand in HTML and in quoted attributes. Control characters, which HTML does not allow, are shown as the
    /// replacement character.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || "&<>\"'".utf8.contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: escaped += "\u{fffd}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Sequence<HTML> {
    func joined(separator: HTML = "") -> HTML { HTML(trusted: map(\.text).joined(separator: separator.text)) }
}
