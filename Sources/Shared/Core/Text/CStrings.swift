import Foundation

/// Strings as C's `char *[]` with a null at its end, for as long as the object lives.
public final class CStrings {
    public let pointers: [UnsafeMutablePointer<CChar>?]

    public init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

    deinit { for pointer in pointers { free(pointer) } }
}
