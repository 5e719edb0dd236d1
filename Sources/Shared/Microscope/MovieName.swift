/// Whether what follows an exposure's base name, in lower case, is that of its movie or summed image:
/// `_fractions.tiff`, `_fractions.mrc`, `_eer.eer`, `.mrc`, `.tiff`; but no gain reference.
public func isMovieSuffix(_ rest: String) -> Bool {
    guard let dot = rest.lastIndex(of: "."), !rest.contains("gain") else { return false }
    return ["tif", "tiff", "mrc", "mrcs", "eer"].contains(String(rest[rest.index(after: dot)...]))
}
