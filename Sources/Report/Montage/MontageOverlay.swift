import EPUCore
import EPUDrawing
import Foundation

/// What is drawn over the picture of one exposure of a pair, at true scale: its own beam, and the beam and camera field of the
/// other exposure. What is not known is not drawn, and `lack` says why.
struct MontageOverlay: Sendable {
    static let other = Colour(0xff9d1e)
    static let own = Colour(0x56b4e9)
    /// The colours of a page, which is grey except for these two.
    static let palette = TintedGreys(tints: [other, own])

    /// How the picture shows the specimen; nil if nothing can be drawn.
    let view: ExposureView?
    /// The rim of the exposure's own beam, um, as places in `ExposureView`.
    private(set) var ownBeam: [Vector2]?
    private(set) var otherBeam: [Vector2]?
    private(set) var otherField: [Vector2]?
    private(set) var lack: String?

    /// - Parameter isPlaced: whether the two positions are known relative to each other.
    init(on exposure: MontageExposure, other: MontageExposure, isPlaced: Bool) {
        view = exposure.view
        guard let view else {
            lack = "no overlap drawn: pixel size or readout not known"
            return
        }
        ownBeam = exposure.beamDiameter.map(ExposureView.rim)
        guard isPlaced else {
            lack = "no overlap drawn: without a calibration the other's place is not known"
            return
        }
        guard view.toStage != nil else {
            lack = "no overlap drawn: the camera's direction is not known"
            return
        }
        guard let otherView = other.view else {
            lack = "no overlap drawn: the other's pixel size or readout is not known"
            return
        }
        otherBeam = other.beamDiameter.flatMap { view.places(ExposureView.rim(ofBeam: $0), of: otherView) }
        if otherView.toStage != nil { otherField = view.places(otherView.corners, of: otherView) }
        if otherBeam == nil { lack = "the other's beam diameter is not known" }
        if otherField == nil { lack = "the other camera's direction is not known" }
    }

    /// - Parameter frame: the rectangle of the whole picture.
    func draw(on canvas: Canvas, in frame: Rectangle, textSize: Double) {
        // A preview is the camera field, scaled. A picture of another shape shows something else.
        guard let view, abs(log(frame.width / frame.height * view.height / view.width)) < 0.03 else {
            return write(lack ?? "no overlap drawn: not the camera field's shape", on: canvas, in: frame, textSize)
        }
        let scale = Vector2(frame.width / view.width, frame.height / view.height)
        let lineWidth = max(1, textSize / 9)
        canvas.clipped(to: frame) {
            stroke(on: canvas, lineWidth: lineWidth) { frame.center + Vector2(scale.x * $0.x, scale.y * $0.y) }
        }
        drawScaleBar(on: canvas, in: frame, pixelsPerMicrometre: scale.x, textSize)
        if otherBeam != nil || otherField != nil { drawInset(on: canvas, in: inset(of: frame), lineWidth) }
        if let lack { write(lack, on: canvas, in: frame, textSize) }
    }

    private func stroke(on canvas: Canvas, lineWidth: Double, at pixel: (Vector2) -> Vector2) {
        for (outline, colour, width, dashes) in [
            (ownBeam, Self.own, lineWidth, [4 * lineWidth, 3 * lineWidth]),
            (otherField, Self.other, 1.3 * lineWidth, []), (otherBeam, Self.other, 2 * lineWidth, []),
        ] {
            guard let outline, let first = outline.first else { continue }
            let points = (outline + [first]).map(pixel)
            // The dark rim is seen on bright ice, and the line on carbon.
            canvas.line(points, .black.opacity(0.55), lineWidth: width + 1.6, dashes: dashes)
            canvas.line(points, colour, lineWidth: width, dashes: dashes)
        }
    }

    private func inset(of frame: Rectangle) -> Rectangle {
        let side = 0.3 * min(frame.width, frame.height)
        let margin = 0.03 * min(frame.width, frame.height)
        return Rectangle(frame.x + margin, frame.maxY - margin - side, side, side)
    }

    /// Draws the same from farther away, as beams are often wider than the picture. The white rectangle is the picture.
    private func drawInset(on canvas: Canvas, in plate: Rectangle, _ lineWidth: Double) {
        guard let view else { return }
        let all = view.corners + (ownBeam ?? []) + (otherBeam ?? []) + (otherField ?? [])
        let (left, right) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 0)
        let (top, bottom) = (all.map(\.y).min() ?? 0, all.map(\.y).max() ?? 0)
        let scale = 0.9 * plate.width / max(right - left, bottom - top)
        let middle = 0.5 * Vector2(left + right, top + bottom)
        let pixel = { (place: Vector2) in plate.center + scale * (place - middle) }
        canvas.fill(plate, .grey(0.08).opacity(0.8), cornerRadius: 0.04 * plate.width)
        let corners = view.corners.map(pixel)
        canvas.fill(polygon: corners, .grey(0.45))
        stroke(on: canvas, lineWidth: 0.8 * lineWidth, at: pixel)
        canvas.line(corners + [corners[0]], .white, lineWidth: 0.8 * lineWidth)
    }

    private func drawScaleBar(on canvas: Canvas, in frame: Rectangle, pixelsPerMicrometre: Double, _ textSize: Double) {
        let most = 0.25 * frame.width / pixelsPerMicrometre
        let decade = pow(10, floor(log10(most)))
        let length = ([5, 2].first { $0 * decade <= most } ?? 1) * decade
        let end = Vector2(frame.maxX - 0.8 * textSize, frame.maxY - 0.8 * textSize)
        let bar = [end - Vector2(length * pixelsPerMicrometre, 0), end]
        canvas.line(bar, .black.opacity(0.7), lineWidth: 0.25 * textSize + 2)
        canvas.line(bar, .white, lineWidth: 0.25 * textSize)
        canvas.text(
            "\(length.text()) um", at: Vector2((bar[0].x + end.x) / 2, end.y - 0.9 * textSize),
            TextStyle(size: textSize, colour: .white, halo: .grey(0.15)), align: .center)
    }

    private func write(_ text: String, on canvas: Canvas, in frame: Rectangle, _ textSize: Double) {
        let style = TextStyle(size: textSize, colour: .white, halo: .grey(0.15))
        // The text stands above the scale bar and the inset.
        let line = canvas.shrink(text, style, width: 0.9 * frame.width, atLeast: 0.7 * textSize)
        canvas.text(line.text, at: Vector2(frame.x + 0.05 * frame.width, inset(of: frame).y - textSize), line.style)
    }
}
