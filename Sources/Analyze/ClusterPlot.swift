import EPUShared
import Foundation

/// The beam shifts of a session's exposures, coloured by cluster, with each cluster's number at its centre.
///
/// In a session without faults the clusters are the template's areas, or under AFIS the holes around a stage stop: tight
/// and evenly spaced. A cluster that smears or holds two heaps asks for another `--clusters`.
struct ClusterPlot {
    /// In beam-shift units.
    var points: [Vector2]
    /// The cluster of each point, an index into `centers`.
    var cluster: [Int]
    /// In beam-shift units.
    var centers: [Vector2]
    var title: String

    /// Writes PNG or SVG, as the suffix of `path` says.
    /// - Throws: `Failure` for another suffix, or where the file cannot be written.
    func write(to path: String) throws {
        switch (path as NSString).pathExtension.lowercased() {
        case "png":
            let canvas = try Canvas.image(width: 1600, height: 1600)
            canvas.scale(by: 2)
            draw(on: canvas)
            try canvas.writePNG(path, text: [("Title", title), ("Software", "epu-analyze \(toolVersion)")])
        case "svg":
            let canvas = try Canvas.svg(width: 800, height: 800)
            draw(on: canvas)
            try canvas.writeSVG(path)
        default:
            throw Failure("The plot \(path) must end in .png or .svg: its suffix chooses the format.")
        }
    }

    /// On 800 x 800.
    private func draw(on canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, 800, 800), .white)
        let seen = points.filter(\.isFinite) + centers.filter(\.isFinite)
        let axes = Axes(
            frame: Rectangle(88, 62, 682, 670), x: Axes.Quantity("beam shift x / units", covering: seen.range(of: \.x)),
            y: Axes.Quantity("beam shift y / units", covering: seen.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        drawTitle(on: canvas, above: axes.frame)

        let radius = points.count > 20_000 ? 1.5 : points.count > 2000 ? 2 : 3
        var members = [[Vector2]](repeating: [], count: centers.count)
        for (point, number) in zip(points, cluster) where members.indices.contains(number) {
            members[number].append(axes.pixel(point))
        }
        canvas.clipped(to: axes.frame) {
            for (number, pixels) in members.enumerated() { canvas.dots(pixels, radius: radius, .ofGroup(number)) }
        }
        for (number, center) in centers.enumerated() where center.isFinite {
            drawNumber(number, on: canvas, at: axes.pixel(center), members: members[number], dotRadius: radius)
        }
    }

    /// At the cluster's centre, or just right of a cluster so small that its number would hide it.
    private func drawNumber(
        _ number: Int, on canvas: Canvas, at center: Vector2, members: [Vector2], dotRadius: Double
    ) {
        let style = TextStyle(size: centers.count > 40 ? 12 : 16, bold: true, halo: .white.opacity(0.85))
        let halfWidth = members.map { abs($0.x - center.x) }.max() ?? 0
        if halfWidth > canvas.textWidth("\(number)", style) {
            canvas.text("\(number)", at: center, style, align: .center)
        } else {
            canvas.text("\(number)", at: center + Vector2(halfWidth + dotRadius + 4, 0), style)
        }
    }

    private func drawTitle(on canvas: Canvas, above frame: Rectangle) {
        let heading = TextStyle(size: 17, bold: true)
        let counts = TextStyle(size: 14, colour: .grey(0.3))
        canvas.text(canvas.fit(title, heading, width: frame.width), at: Vector2(frame.x, 22), heading)
        canvas.text(
            "\(counted(points.count, "exposure")) in \(counted(centers.count, "cluster"))", at: Vector2(frame.x, 46),
            counts)
    }
}

extension [Vector2] {
    fileprivate func range(of coordinate: KeyPath<Vector2, Double>) -> ClosedRange<Double> {
        let values = map { $0[keyPath: coordinate] }
        guard let least = values.min(), let greatest = values.max() else { return 0...0 }
        return least...greatest
    }
}
