import Foundation
import TestSupport

/// The .dm files of a simulated session, changed to the other forms in which EPU lists foil holes.
extension TemporaryFolder {
    /// A simulated session without pictures.
    func simulate(_ session: String, _ options: [String]) throws {
        let run = try ToolRun.run("epu-simulate", ["make", session, "--no-images"] + options, in: path)
        guard run.status == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSDebugDescriptionErrorKey: run.errors])
        }
    }

    /// Of a session's grid squares.
    func holeMaps(_ session: String) -> [String] {
        names(session + "/Metadata").filter { $0.hasSuffix(".dm") }.map { "\(session)/Metadata/\($0)" }
    }

    /// As on lacey foil: the holes are in the collection that is nil elsewhere.
    func makeLacey(_ session: String) throws {
        for map in holeMaps(session) {
            let text = try text(map).replacing(/<TargetLocations i:nil="true"[^>]*\/>/, with: "")
                .replacing("TargetLocationsEfficient", with: "TargetLocations")
            try write(map, text)
        }
    }

    /// As EPU before 2: each hole has a file of its own, which the square's names.
    /// - Returns: the number of holes.
    @discardableResult
    func giveHolesTheirOwnFiles(_ session: String) throws -> Int {
        let hole =
            /<b:KeyValuePairOfintTargetLocationXml\w+><b:key>(\d+)<\/b:key><b:value z:Id="\d+">(.*?)<\/b:value><\/b:KeyValuePairOfintTargetLocationXml\w+>/
        var count = 0
        for map in holeMaps(session) {
            let folder = String(map.dropLast(".dm".count))
            let text = try text(map)
            for match in text.matches(of: hole) {
                count += 1
                try write(
                    "\(folder)/TargetLocation_\(match.1).dm",
                    "<TargetLocationXml xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:a=\"a\" xmlns:b=\"b\" "
                        + "xmlns:z=\"http://schemas.microsoft.com/2003/10/Serialization/\">\(match.2)</TargetLocationXml>"
                )
            }
            let listed = text.replacing(hole) { match in
                "<b:KeyValuePairOfintSerializedReferenceOfTargetLocationXml><b:key>\(match.1)</b:key><b:value><FileName>"
                    + "Metadata\\TargetLocation_\(match.1).dm</FileName></b:value>"
                    + "</b:KeyValuePairOfintSerializedReferenceOfTargetLocationXml>"
            }
            try write(map, listed)
        }
        return count
    }
}
