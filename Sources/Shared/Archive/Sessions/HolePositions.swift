public import EPUCore
public import GRDB

/// Where the foil holes of a session lie, by Metadata/GridSquare_*.dm: the one place that decides it.
///
/// EPU computes the positions of a square's holes from one image at low magnification. They share the errors of that image, an
/// offset and some per cent of scale, and lie to each other as the holes do to 0.1 um. EPU 3.16 puts in their stead, for each
/// hole that it has centred, where it was found: right on the stage, but up to 1 um aside of where the image has it among its
/// neighbours. What compares holes of the map with one another takes `onMap`, what stands beside exposures takes `onStage`.
public struct HolePositions: Sendable {
    public struct Hole: Sendable {
        public let foilHole: Int64
        public let gridSquare: Int64?
        /// The position in the square's image, um. Where EPU has overwritten it, it follows from the hole's pixel by the rule of
        /// the square's other holes; nil where these are too few to tell.
        public var onMap: Vector2?
        /// The best position that is known, um: where the hole was found when it was centred, else where EPU corrected it to,
        /// else the one in the square's image; nil where none is known.
        public let onStage: Vector2?
    }

    /// The holes in the order of their ids.
    public private(set) var holes: [Hole] = []

    /// Reads the holes of a session.
    /// - Throws: `DatabaseError`.
    public init(_ sessionID: Int64, _ db: Database) throws {
        var seen: [Int64: [SquareImageFit.Hole]] = [:]
        var refined: [(index: Int, pixel: Vector2)] = []
        var statement = try RowStatement(
            db,
            """
            SELECT foil_hole, grid_square, stage_x_um, stage_y_um, corrected_x_um, corrected_y_um, image_x_px, image_y_px,
                   position_refined
            FROM foil_hole WHERE session_id = ? ORDER BY foil_hole
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            let stage = row.vector(2, 3)
            let corrected = row.vector(4, 5)
            let pixel = row.vector(6, 7)
            let gridSquare = row.optionalInt(1)
            let isRefined = row.int(8) == 1
            if let gridSquare, let stage, let pixel {
                if isRefined {
                    refined.append((holes.count, pixel))
                } else {
                    seen[gridSquare, default: []].append((pixel, stage))
                }
            }
            holes.append(
                Hole(
                    foilHole: row.int(0), gridSquare: gridSquare, onMap: isRefined ? nil : stage,
                    onStage: isRefined ? stage : corrected ?? stage))
        }
        guard !refined.isEmpty else { return }
        let fits = seen.compactMapValues(SquareImageFit.init)
        for (index, pixel) in refined {
            holes[index].onMap = holes[index].gridSquare.flatMap { fits[$0] }?.stage(of: pixel)
        }
    }
}

/// The affine transformation by which EPU took the holes of a square from the pixels of its image to the stage. In real files it
/// is exact to 1 nm.
private struct SquareImageFit {
    typealias Hole = (pixel: Vector2, stage: Vector2)

    private let pixel: Vector2
    private let position: Vector2
    private let matrix: Matrix2

    /// The least number of holes that tell the transformation: fewer may lie too near to each other.
    private static let fewestHoles = 6
    /// The greatest residual of a transformation that counts, rms, um. Holes that were found in several images of a square have
    /// no transformation in common.
    private static let greatestResidual = 0.3

    /// Finds the transformation; nil where the holes do not tell it.
    init?(_ holes: [Hole]) {
        guard holes.count >= Self.fewestHoles else { return nil }
        let part = 1 / Double(holes.count)
        let pixel = part * holes.reduce(.zero) { $0 + $1.pixel }
        let position = part * holes.reduce(.zero) { $0 + $1.stage }
        var fit = LinearFit()
        for hole in holes { fit.add(hole.pixel - pixel, to: hole.stage - position) }
        let (greater, smaller) = fit.normal.singularValues
        // Holes of one row do not tell what is beside it.
        guard smaller > 0.01 * greater, let matrix = fit.matrix else { return nil }
        (self.pixel, self.position, self.matrix) = (pixel, position, matrix)
        let squares = holes.reduce(0) { $0 + ($1.stage - stage(of: $1.pixel)).squaredLength }
        guard (part * squares).squareRoot() <= Self.greatestResidual else { return nil }
    }

    func stage(of pixel: Vector2) -> Vector2 { position + matrix * (pixel - self.pixel) }
}
