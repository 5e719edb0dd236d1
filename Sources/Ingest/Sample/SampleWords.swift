/// The words of EPU's own that a sample keeps. What is none of them may be a person's.
enum SampleWords {
    private static let words: Set<String> = [
        "None", "EPU", "Fei", "Tomography", "SerialEM",
        // Modes.
        "NanoProbe", "MicroProbe", "HM", "LM", "Lorentz", "Parallel", "Probe", "Spot", "Condenser", "Imaging",
        "Diffraction", "TEM", "STEM", "LAD", "BottomMounted", "EnergyFilter", "OnAxis", "NearAxis",
        "ClusteringWithImageBeamShift", "ClusteringWithStageShift", "NoClustering", "AfterCentering", "AfterDistance",
        "AfterAutoFocus", "Always", "Never", "Once",
        // States.
        "Defined", "InProgress", "Completed", "Skipped", "Failed", "Aborted", "Invalid", "Selected", "Unknown",
        "Undefined", "Pending", "Acquired", "Finished", "Rejected", "Error", "Cancelled",
        // Presets.
        "Atlas", "GridSquare", "Hole", "FoilHole", "EucentricHeight", "Hole/EucentricHeight", "Acquisition", "Data",
        "DataAcquisition", "AutoFocus", "Autofocus", "Drift", "DriftMeasurement", "Measurement", "ZeroLoss", "Zero",
        "Loss", "ThonRing", "Thon", "Ring", "Square", "Default", "Search", "Overview", "Eucentric",
        // Foils and formats.
        "HoleyCarbon", "Lacey", "LaceyCarbon", "HoleyGold", "Hexagonal", "Carbon", "Gold", "Quantifoil", "UltrAuFoil",
        "C-flat", "HexAuFoil", "Custom", "AutoGrid", "Autogrid", "Cartridge", "Tiff", "Mrc", "Lzw", "Eer", "EER", "Raw",
        "Non-Gain", "Gain", "normalized", "Normalized", "Uncompressed", "Compressed", "Jpeg", "Png",
        // Types of a movie's division.
        "EquidistantFractionation", "VaridistantFractionation", "EerFractionation",
    ]

    /// Whether a text is made of EPU's words and of short numbers, as of an aperture or of a foil's holes.
    static func keeps(_ text: String) -> Bool {
        text.split(separator: " ", omittingEmptySubsequences: false).allSatisfy { part in
            words.contains(String(part))
                || part.count <= 9 && part.wholeMatch(of: /R?[0-9.]{1,4}(\/[0-9.]{1,4})?/) != nil
        }
    }

    private static let cameras: Set<String> = [
        "BM", "EF", "CCD", "Falcon", "Falcon2", "Falcon3", "Falcon4", "Ceta", "Ceta2", "K2", "K3", "2", "3", "4", "3EC",
        "4i", "4EC", "BioQuantum", "BioContinuum", "Continuum", "Quantum", "Summit", "GIF", "Gatan", "IS", "HD", "16M",
        "D", "S", "Selectris", "X", "II", "III",
    ]

    /// Whether the name of a camera says its type alone.
    static func keepsCamera(_ name: String) -> Bool {
        name.split(omittingEmptySubsequences: false, whereSeparator: { $0 == " " || $0 == "-" })
            .allSatisfy { cameras.contains(String($0)) }
    }

    /// The words of another camera's name by which the tools tell how its movies are named.
    static func cameraFamily(_ name: String) -> String {
        let name = name.lowercased()
        return ["falcon", "ceta", "k3", "k2", "ccd"].filter(name.contains).map { $0 + "-" }.joined()
    }
}
