import EPUCore
import Foundation

/// The pages of a montage on disk: duplicates.png, duplicates_2.png and so on.
struct MontageFiles {
    /// The name of this tool, which stands in the text chunks of each page.
    static let software = "epu-report \(toolVersion)"

    let folder: String
    let prefix: String

    func path(page: Int) -> String {
        (folder as NSString).appendingPathComponent(page == 1 ? "\(prefix).png" : "\(prefix)_\(page).png")
    }

    /// Removes the pages that follow `last` without a gap, if this tool wrote them: they would look like a part of the new
    /// montage.
    func removeOlder(after last: Int) throws {
        var page = last + 1
        while Self.isMontagePage(path(page: page)) {
            guard unlink(path(page: page)) == 0 else {
                throw Failure("Cannot remove \(path(page: page)): \(String(cString: strerror(errno))).")
            }
            page += 1
        }
    }

    /// Whether a file is a PNG whose text chunks, which stand before its pixels, name this tool.
    static func isMontagePage(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard let start = try? file.read(upToCount: 4096) else { return false }
        let isPNG = start.starts(with: [0x89, 0x50, 0x4e, 0x47])
        return isPNG && start.range(of: Data("Software\0epu-report ".utf8)) != nil
    }
}
