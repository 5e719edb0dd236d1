/// A short number that changes with a text: FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/), in
/// hexadecimal digits.
public func fingerprint(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// SQL without its comments and its white space, except for what stands in quotes.
public func bareSQL(_ text: String) -> String {
    var bare = ""
    for line in text.split(separator: "\n") {
        var rest = line[...]
        var isQuoted = false
        while let character = rest.first, isQuoted || !rest.hasPrefix("--") {
            if character == "'" { isQuoted.toggle() }
            if isQuoted || !character.isWhitespace { bare.append(character) }
            rest.removeFirst()
        }
    }
    return bare
}

/// Swift without its comments and its white space, except for what stands in quotes.
public func bareSwift(_ text: String) -> String {
    var bare = ""
    var rest = text[...]
    var isQuoted = false
    while let character = rest.first {
        if !isQuoted, rest.hasPrefix("//") {
            rest = rest.drop { !$0.isNewline }
        } else if !isQuoted, rest.hasPrefix("/*") {
            rest = rest.firstRange(of: "*/").map { rest[$0.upperBound...] } ?? ""
        } else if isQuoted, character == "\\" {
            bare += rest.prefix(2)
            rest = rest.dropFirst(2)
        } else {
            if character == "\"" { isQuoted.toggle() }
            if isQuoted || !character.isWhitespace { bare.append(character) }
            rest.removeFirst()
        }
    }
    return bare
}
