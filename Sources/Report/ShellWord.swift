/// The option that chooses a session, as one word for a shell. A name may begin with a hyphen, so it stands behind "=".
func sessionOption(_ name: String) -> String { "--session=" + shellWord(name) }

/// The text quoted as one word for a shell.
func shellWord(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._-+".unicodeScalars.contains(scalar)
        }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
