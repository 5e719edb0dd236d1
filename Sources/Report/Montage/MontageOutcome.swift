import EPUArchive
import EPUCore

extension Montage {
    struct Outcome: Codable, Equatable {
        let session: String
        let analysisID: Int64
        /// The analysis, as `analysis 3, radius 0.2 um, published by name`.
        let analysis: String
        /// What the analysis could not tell, in words; nil if there is nothing.
        let unknown: String?
        let overexposed: Int
        let shown: Int
        /// The number of the exposures' JPGs that are no longer on disk. Where none is left, no page is written.
        let gonePictures: Int
        let pictures: Int
        let files: [String]
    }
}

extension Montage.Outcome {
    /// The text for a terminal.
    var text: String {
        let caveat = unknown.map { ["  \(Unknowns.asFarAsCompared); \($0)"] } ?? []
        guard pictures == 0 || gonePictures < pictures else {
            return
                "\(session): the JPGs of all \(counted(overexposed, "overexposed exposure")) are no longer on disk, no montage"
        }
        guard !files.isEmpty else {
            return (["\(session): no overexposed exposure in \(analysis), no montage"] + caveat).joined(separator: "\n")
        }
        var text = "\(session): \(shown) of \(counted(overexposed, "overexposed exposure")) in \(analysis)"
        if shown < overexposed { text += " (--limit 0 shows all)" }
        let gone = gonePictures > 0 ? ["  \(gonePictures) of \(counted(pictures, "picture")) no longer on disk"] : []
        return ([text] + caveat + gone + files.map { "  " + $0 }).joined(separator: "\n")
    }
}
