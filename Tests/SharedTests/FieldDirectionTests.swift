import EPUCore
import Foundation
import Testing

@Suite("Camera fields whose direction is not known")
struct FieldDirectionTests {
    @Test("A share that is told is that of every direction; where directions differ none is told", arguments: 1...40)
    func everyDirection(seed: UInt64) {
        var random = RandomSource(seed: seed, stream: "direction")
        let (width, height) = (random.uniform(0.2, 0.6), random.uniform(0.2, 0.6))
        let disc = Disc(
            center: Vector2(random.uniform(-1, 1), random.uniform(-1, 1)), radius: random.uniform(0.1, 1.2))
        let unknown = CameraField(width: width, height: height, axis: nil)
        let shares = (0..<720).map { step in
            let angle = Double(step) * .pi / 720
            return CameraField(width: width, height: height, axis: Vector2(cos(angle), sin(angle)))
                .share(coveredBy: disc)
        }
        let (least, greatest) = (shares.min() ?? -1, shares.max() ?? -1)
        if let share = unknown.knownShare(coveredBy: disc) {
            #expect(abs(least - share) < 1e-9 && abs(greatest - share) < 1e-9)
        } else {
            // Neither sure to be hit as a whole nor sure to be missed.
            #expect(
                disc.center.length < disc.radius + unknown.reach && disc.center.length + unknown.reach > disc.radius)
        }
        #expect(unknown.knownShare(coveredByAny: [disc]) == unknown.knownShare(coveredBy: disc))
    }

    @Test("One disc that covers all outweighs those of which nothing is known")
    func union() {
        let field = CameraField(width: 0.4, height: 0.3, axis: nil)
        let (whole, part) = (Disc(center: .zero, radius: 1), Disc(center: Vector2(0.4, 0), radius: 0.3))
        let away = Disc(center: Vector2(5, 0), radius: 1)
        #expect(field.knownShare(coveredByAny: [part, whole]) == 1)
        #expect(field.knownShare(coveredByAny: [part, away]) == nil)
        #expect(field.knownShare(coveredByAny: [away]) == 0)
        #expect(field.knownShare(coveredByAny: []) == 0)
    }

    @Test("A matrix gives the field its direction; one that is missing, or has none, does not")
    func recorded() {
        func field(_ matrix: Matrix2?) -> RecordedField? {
            RecordedField(columns: 4000, lines: 3000, pixelSize: 1, pixelSizeY: nil, imageToStage: matrix)
        }
        let turned = field(Matrix2(scale: 1e-4, angleDegrees: 30, isMirrored: true))
        #expect(turned.map { abs($0.width - 0.4) < 1e-12 && abs($0.height - 0.3) < 1e-12 } == true)
        let axis = turned?.field.axis ?? .zero
        // The same rectangle, whichever way its axis points.
        #expect(abs(abs(axis.dot(Vector2(cos(.pi / 6), sin(.pi / 6)))) - 1) < 1e-12)
        #expect(turned?.field.isDirectionKnown == true)
        for matrix in [nil, Matrix2(0, 0, 0, 0), Matrix2(1, 1, 0, 0), Matrix2(.nan, 0, 0, 1)] {
            #expect(field(matrix)?.field.isDirectionKnown == false)
        }
        #expect(RecordedField(columns: 0, lines: 3, pixelSize: 1, pixelSizeY: nil, imageToStage: nil) == nil)
        #expect(RecordedField(columns: 4, lines: 3, pixelSize: nil, pixelSizeY: nil, imageToStage: nil) == nil)
    }
}
