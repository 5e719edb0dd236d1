extension StarRegrouping {
    /// The numbers of rows of a file, by what was done with them.
    struct Counts: Encodable {
        var rows = 0
        var matched = 0
        var unmatched = 0
        var kept = 0
        var bad = 0
        /// The number of matched rows of exposures that no analysis or person judged, which are kept.
        var notJudged = 0
        /// The number of matched rows with a name that exposures of several sessions have.
        var ambiguous = 0
        /// The number of matched rows of exposures in no numbered group.
        var unplaced = 0
        var opticsGroups = 0
        /// The names of groups without a pixel size, which the file did not have either.
        var groupsWithoutPixelSize: [String] = []
        /// The first names that the archive does not have.
        var unmatchedNames: [String] = []

        private static let shownNames = 5

        mutating func add(_ match: StarRowMatch, dropsUnmatched: Bool, name: () -> String) {
            rows += 1
            guard let entry = match.entry else {
                unmatched += 1
                if !dropsUnmatched { kept += 1 }
                if unmatchedNames.count < Self.shownNames {
                    let name = name()
                    if !unmatchedNames.contains(name) { unmatchedNames.append(name) }
                }
                return
            }
            matched += 1
            if entry.isBad == nil { notJudged += 1 }
            if match.isAmbiguous { ambiguous += 1 }
            if !match.isPlaced { unplaced += 1 }
            if entry.isBad == true { bad += 1 } else { kept += 1 }
        }
    }
}
