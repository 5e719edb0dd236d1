import CCairo
public import EPUCore

public struct TextStyle: Hashable, Sendable {
    /// The height of a line's letters with their descenders, pixels.
    public var size: Double
    public var colour: Colour
    public var bold: Bool
    /// The colour that is drawn around the letters, so that they are read on any ground; nil for none.
    public var halo: Colour?

    public init(size: Double, colour: Colour = .black, bold: Bool = false, halo: Colour? = nil) {
        self.size = size
        self.colour = colour
        self.bold = bold
        self.halo = halo
    }
}

extension Canvas {
    public enum Alignment: Sendable {
        case left, center, right
    }

    /// The font of the drawings. "sans-serif" is the machine's own (DejaVu on most Linux); where it has no fonts, Cairo
    /// draws with its built-in stroke font, which "@cairo:" names.
    private static let fontFamily = "sans-serif"

    /// Draws one line whose letters are centred on `position.y`, and that starts, ends or has its middle at
    /// `position.x`.
    /// - Parameter degrees: The angle by which the line is turned clockwise around `position`.
    public func text(
        _ text: String, at position: Vector2, _ style: TextStyle, align: Alignment = .left,
        rotatedBy degrees: Double = 0
    ) {
        let line = Self.singleLine(text)
        cairo_save(context)
        defer { cairo_restore(context) }
        select(style)
        cairo_translate(context, position.x, position.y)
        cairo_rotate(context, degrees * .pi / 180)
        let offset: Double =
            switch align {
            case .left: 0
            case .center: -advance(line) / 2
            case .right: -advance(line)
            }
        // The middle of the capitals, which is the same for every line of this size.
        cairo_move_to(context, offset, 0.36 * style.size)
        if let halo = style.halo {
            cairo_text_path(context, line)
            cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
            stroke(halo, 0.28 * style.size)
            cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
            cairo_move_to(context, offset, 0.36 * style.size)
        }
        set(style.colour)
        cairo_show_text(context, line)
    }

    public func textWidth(_ text: String, _ style: TextStyle) -> Double {
        cairo_save(context)
        defer { cairo_restore(context) }
        select(style)
        return advance(Self.singleLine(text))
    }

    /// The text if it fits, else the text with "..." in place of its middle: the ends of EPU's names tell them apart.
    public func fit(_ text: String, _ style: TextStyle, width: Double) -> String {
        guard textWidth(text, style) > width else { return text }
        let letters = Array(text)
        func shortened(to kept: Int) -> String {
            String(letters.prefix(kept / 2)) + "..." + String(letters.suffix(kept - kept / 2))
        }
        // The most letters that fit, by bisection: fewer letters are never wider.
        var fitting = 0
        var tooMany = letters.count
        while tooMany - fitting > 1 {
            let middle = (fitting + tooMany) / 2
            if textWidth(shortened(to: middle), style) <= width { fitting = middle } else { tooMany = middle }
        }
        return shortened(to: fitting)
    }

    /// The text in the greatest size up to the style's at which it fits, shortened as `fit` does where even the least
    /// size is too wide.
    public func shrink(_ text: String, _ style: TextStyle, width: Double, atLeast size: Double) -> (
        text: String, style: TextStyle
    ) {
        let full = textWidth(text, style)
        guard full > width else { return (text, style) }
        var smaller = style
        // Widths are not quite in proportion to sizes; 1 % less is safe.
        smaller.size = max(size, style.size * width / full * 0.99)
        return (fit(text, smaller, width: width), smaller)
    }

    /// The text in lines that fit, broken at spaces; a word that is too long for a line is shortened as `fit` does.
    public func wrap(_ text: String, _ style: TextStyle, width: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, textWidth(last + " " + word, style) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(fit(String(word), style, width: width))
            }
        }
        return lines
    }

    private func select(_ style: TextStyle) {
        cairo_select_font_face(
            context, Self.fontFamily, CAIRO_FONT_SLANT_NORMAL,
            style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, style.size)
    }

    private func advance(_ line: String) -> Double {
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, line, &extents)
        return extents.x_advance
    }

    /// The text without control characters: they have no shape, and a NUL would end the text.
    private static func singleLine(_ text: String) -> String {
        let visible = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(visible))
    }
}
