/// The error that nothing is recorded of a session from which a radius would follow, while no criterion was given.
struct MissingRadius: Error, CustomStringConvertible {
    let session: String

    var description: String {
        "\(session) records neither a beam diameter nor a camera field to derive a radius from: give "
            + "--radius UM, or --missing-beam-diameter UM."
    }
}
