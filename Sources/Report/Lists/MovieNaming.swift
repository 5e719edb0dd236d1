import EPUShared

/// How the movie of an exposure is called.
enum MovieNaming {
    /// What EPU appends to the base name, by the way the camera writes movies: K2 and K3 `_fractions.tiff`, Falcon 3
    /// `_Fractions.mrc`, Falcon 4 `_EER.eer`. Without a movie setting the camera's name decides.
    static func suffix(fractionation: String?, camera: String?) -> String {
        switch fractionation {
        case "Equidistant": "_fractions.tiff"
        case "Varidistant": "_Fractions.mrc"
        case "Eer": "_EER.eer"
        default: camera?.contains("Falcon") == true ? "_Fractions.mrc" : "_fractions.tiff"
        }
    }
}
