import EPUCore
import EPUDrawing

/// A whole session seen from above, in the places of an analysis: its grid squares, stage stops and exposures, the overexposed
/// ones coloured by cause and numbered by incident. Below it is the list of the squares.
struct MapPlot: Plot {
    let title: String
    private let map: OverlapMap
    private let squares: [SquareOutlines.Square]
    private let frame = Rectangle(88, 62, 682, 620)

    init(_ map: OverlapMap, title: String) {
        self.map = map
        self.title = title
        squares = SquareOutlines(map.exposures).squares
    }

    // MARK: - Layout

    private static let columns = 3
    private static let lineHeight = 19.0
    /// The greatest number of squares in the list: more do not fit on a page, but they are on the map.
    private static let mostListed = 150

    private var listed: ArraySlice<SquareOutlines.Square> { squares.prefix(Self.mostListed) }
    private var listRows: Int { (listed.count + Self.columns - 1) / Self.columns }
    private var legendTop: Double { frame.maxY + 62 }
    private var listTop: Double { legendTop + PlotLegend.lineHeight * Double(legend.entries.count) + 8 }

    var size: (width: Int, height: Int) { (800, Int(listTop + Self.lineHeight * Double(listRows)) + 8) }

    // MARK: - Drawing

    func draw(on canvas: Canvas) {
        let seen = (map.exposures.map(\.place) + map.stops).filter(\.isFinite)
        let axes = Axes(
            frame: frame, x: Axes.Quantity("x on the specimen / um", covering: seen.range(of: \.x)),
            y: Axes.Quantity("y on the specimen / um", covering: seen.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        drawTitle(on: canvas, figures, above: frame)
        canvas.clipped(to: frame) {
            drawSquares(on: canvas, axes)
            func pixels(_ cause: OverlapCause?) -> [Vector2] {
                map.exposures.filter { $0.cause == cause }.map { axes.pixel($0.place) }
            }
            let radius = min(3, max(0.8, 0.25 * axes.pixelsPerUnit))
            canvas.dots(thinned(pixels(nil), 1.5 * radius), radius: radius, Self.sound)
            // The arm of a cross is at most as long as holes are apart.
            let arm = min(4, max(1.3, axes.pixelsPerUnit))
            canvas.crosses(thinned(map.stops.map(axes.pixel), arm), radius: arm, .black, lineWidth: 0.6)
            for cause in OverlapCause.allCases { canvas.dots(pixels(cause), radius: max(2.2, radius), cause.colour) }
            drawNumbers(on: canvas, axes)
        }
        legend.draw(on: canvas, at: Vector2(frame.x, legendTop), width: frame.width)
        drawList(on: canvas)
    }

    private static let sound = Colour.grey(0.62)

    /// One point in each cell, used if dots are so near that they run together: fifty thousand of them would make a large SVG.
    /// - Parameter cell: the side of the cells, less than a dot's width, pixels.
    private func thinned(_ pixels: [Vector2], _ cell: Double) -> [Vector2] {
        var taken: Set<Vector2> = []
        return pixels.filter { pixel in
            pixel.isFinite && taken.insert(Vector2((pixel.x / cell).rounded(), (pixel.y / cell).rounded())).inserted
        }
    }

    private func outline(_ square: SquareOutlines.Square, _ axes: Axes) -> [Vector2] {
        square.corners.map(axes.pixel).convexHull(widenedBy: 5)
    }

    private func drawSquares(on canvas: Canvas, _ axes: Axes) {
        for square in squares {
            let corners = outline(square, axes)
            canvas.fill(polygon: corners, .grey(0.95))
            canvas.lines([corners + corners.prefix(1)], .grey(0.7), lineWidth: 0.8)
        }
    }

    /// Draws the numbers of all squares, and then of the incidents for which there is room, the largest first.
    private func drawNumbers(on canvas: Canvas, _ axes: Axes) {
        var labels = PlotLabels()
        let ofSquare = TextStyle(size: 12, colour: .grey(0.25), halo: .white.opacity(0.8))
        for square in squares {
            guard let top = outline(square, axes).min(by: { ($0.y, $0.x) < ($1.y, $1.x) }) else { continue }
            labels.drawAlways("\(square.number)", at: top - Vector2(0, 8), ofSquare, on: canvas)
        }
        let incidents = Dictionary(grouping: map.exposures) { $0.incident ?? 0 }
            .filter { $0.key > 0 }.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        for (number, exposures) in incidents {
            let places = exposures.map { axes.pixel($0.place) }.filter(\.isFinite)
            guard let right = places.max(by: { $0.x < $1.x }), let left = places.min(by: { $0.x < $1.x }),
                let cause = exposures.first?.cause
            else { continue }
            let style = TextStyle(size: 13, colour: cause.colour, bold: true, halo: .white.opacity(0.85))
            let room = Vector2(canvas.textWidth("\(number)", style) / 2 + 5, 0)
            labels.draw("\(number)", at: [right + room, left - room], style, on: canvas)
        }
    }

    // MARK: - Words

    private var figures: String {
        let overexposed = map.exposures.count { $0.cause != nil }
        return "\(counted(map.exposures.count, "exposure")) in \(counted(squares.count, "grid square"))"
            + (map.stops.isEmpty ? "" : " from \(counted(map.stops.count, "stage stop"))")
            + "; \(overexposed) \(map.choice.overexposedWords); \(map.choice.text)"
    }

    private var legend: PlotLegend {
        var legend = PlotLegend()
        legend.entries.append((.none, "Placed with \(map.placedWith)"))
        legend.entries.append((.dot(Self.sound, radius: 3), "exposure"))
        if !map.stops.isEmpty { legend.entries.append((.cross(.black), "stage stop")) }
        legend.entries += map.causeLegend
        if map.exposures.contains(where: { ($0.incident ?? 0) > 0 }) {
            legend.entries.append((.none, "Coloured numbers: incidents."))
        }
        let which = listed.count < squares.count ? "the first \(listed.count) " : ""
        legend.entries.append((.none, "Outlines: grid squares, here \(which)with their exposures:"))
        return legend
    }

    /// Draws the list of the squares, column by column.
    private func drawList(on canvas: Canvas) {
        let style = TextStyle(size: 13, colour: .grey(0.1))
        let width = frame.width / Double(Self.columns)
        for (index, square) in listed.enumerated() {
            let place = Vector2(
                frame.x + width * Double(index / max(1, listRows)),
                listTop + Self.lineHeight * Double(index % max(1, listRows)))
            let overexposed = square.overexposed > 0 ? ", \(square.overexposed) overexposed" : ""
            let name = square.gridSquare.map { "\($0)" } ?? "no square"
            canvas.text("\(square.number)", at: place + Vector2(22, 0), style, align: .right)
            let fitted = canvas.shrink(
                "\(name): \(square.exposures)\(overexposed)", style, width: width - 38, atLeast: 9)
            canvas.text(fitted.text, at: place + Vector2(30, 0), fitted.style)
        }
    }
}
