import Foundation

extension String {
    /// Whether the text begins with the bytes of another one, however letters are put together from them: for paths and names, which
    /// are compared by bytes. `starts(with:)` looks at each byte by itself.
    public func hasBytePrefix(_ prefix: String) -> Bool {
        var (text, prefix) = (self, prefix)
        return text.withUTF8 { text in
            prefix.withUTF8 { prefix in
                guard text.count >= prefix.count else { return false }
                guard let start = text.baseAddress, let wanted = prefix.baseAddress else { return prefix.isEmpty }
                return memcmp(start, wanted, prefix.count) == 0
            }
        }
    }
}
