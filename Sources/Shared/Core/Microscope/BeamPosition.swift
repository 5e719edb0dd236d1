/// Where the beam meets the specimen: stage - read-back error + M x beam shift.
public enum BeamPosition {
    /// The position in the frame of the stage, um.
    /// - Parameters:
    ///   - stage: The read-back of the stage, um.
    ///   - readBackError: The error of the read-back, um.
    ///   - beamShift: The beam shift, in beam-shift units.
    ///   - matrix: The matrix from beam shift to stage, um per unit.
    public static func onStage(
        stage: Vector2, readBackError: Vector2, beamShift: Vector2, matrix: Matrix2
    ) -> Vector2 {
        stage - readBackError + matrix * beamShift
    }
}
