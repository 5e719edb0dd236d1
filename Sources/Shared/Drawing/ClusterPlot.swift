public import EPUCore

/// The beam shifts of a session's exposures, coloured by cluster, with each cluster's number at its centre.
///
/// In a session without faults the clusters are the template's areas, or under AFIS the holes around a stage stop: tight
/// and evenly spaced. A cluster that smears or holds two heaps asks for another `--clusters`.
public struct ClusterPlot: Plot {
    /// The beam shift of each exposure, in beam-shift units.
    public var points: [Vector2]
    /// The cluster of each point, an index into `centers`; any other number leaves the point grey.
    public var cluster: [Int]
    /// The centre of each cluster, in beam-shift units.
    public var centers: [Vector2]
    public var title: String
    /// The line of numbers below the title.
    public var figures: String
    /// Lines that are drawn below the points, in beam-shift units.
    public var lines: [[Vector2]] = []

    public init(points: [Vector2], cluster: [Int], centers: [Vector2], title: String, figures: String? = nil) {
        self.points = points
        self.cluster = cluster
        self.centers = centers
        self.title = title
        self.figures =
            figures ?? "\(counted(points.count, "exposure")) in \(counted(centers.count, "cluster"))"
    }

    public let size = (width: 800, height: 800)

    public func draw(on canvas: Canvas) {
        let seen = (points + centers + lines.joined()).filter(\.isFinite)
        let axes = Axes(
            frame: Rectangle(88, 62, 682, 670), x: Axes.Quantity("beam shift x / units", covering: seen.range(of: \.x)),
            y: Axes.Quantity("beam shift y / units", covering: seen.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        drawTitle(on: canvas, figures, above: axes.frame)

        let radius = points.count > 20_000 ? 1.5 : points.count > 2000 ? 2 : 3
        var members = [[Vector2]](repeating: [], count: centers.count)
        var others: [Vector2] = []
        for (point, number) in zip(points, cluster) {
            if members.indices.contains(number) {
                members[number].append(axes.pixel(point))
            } else {
                others.append(axes.pixel(point))
            }
        }
        canvas.clipped(to: axes.frame) {
            canvas.lines(lines.map { $0.map(axes.pixel) }, .grey(0.55), lineWidth: 0.8)
            canvas.dots(others, radius: radius, .grey(0.5))
            for (number, pixels) in members.enumerated() { canvas.dots(pixels, radius: radius, .ofGroup(number)) }
        }
        for (number, center) in centers.enumerated() where center.isFinite {
            drawNumber(number, on: canvas, at: axes.pixel(center), members: members[number], dotRadius: radius)
        }
    }

    /// Draws a cluster's number at its centre, or just right of a cluster so small that its number would hide it.
    private func drawNumber(
        _ number: Int, on canvas: Canvas, at center: Vector2, members: [Vector2], dotRadius: Double
    ) {
        let style = TextStyle(size: centers.count > 40 ? 12 : 16, bold: true, halo: .white.opacity(0.85))
        let width = canvas.textWidth("\(number)", style)
        let halfWidth = members.map { abs($0.x - center.x) }.max() ?? 0
        let room = Vector2(width / 2 + dotRadius, style.size / 2 + dotRadius)
        let isFree = !members.contains { abs($0.x - center.x) < room.x && abs($0.y - center.y) < room.y }
        if halfWidth > width || (isFree && !members.isEmpty) {
            canvas.text("\(number)", at: center, style, align: .center)
        } else {
            canvas.text("\(number)", at: center + Vector2(halfWidth + dotRadius + 4, 0), style)
        }
    }
}
