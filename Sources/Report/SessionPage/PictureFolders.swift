import EPUCore
import GRDB

/// The folders in which the JPGs of exposures lie: few, as those of a grid square share one.
struct PictureFolders {
    private struct Folder: Hashable {
        let root: Int64
        let path: PathKey
    }

    private var numbers: [Folder: Int] = [:]

    /// The number of the folder of an exposure's JPG; nil if there is no JPG, or if its name is not `NAME.jpg`.
    mutating func number(ofRoot root: Int64?, path: String?, name: String) -> Int? {
        guard let root, let path, path.hasSuffix(".jpg"), path.dropLast(4).hasSuffix(name) else { return nil }
        let above = path.dropLast(4 + name.count)
        guard above.isEmpty || above.utf8.last == UInt8(ascii: "/") else { return nil }
        let folder = Folder(root: root, path: PathKey(above))
        let number = numbers[folder] ?? numbers.count
        numbers[folder] = number
        return number
    }

    /// The absolute paths of the folders, in the order of their numbers.
    func paths(_ db: Database) throws -> [String] {
        let rows = try Row.fetchAll(db, sql: "SELECT session_root_id, path FROM session_root")
        let roots = [Int64: String](uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        return numbers.sorted { $0.value < $1.value }.map { folder, _ in
            let path = folder.path.text.isEmpty ? "" : "/" + folder.path.text.dropLast()
            return (roots[folder.root] ?? "") + path
        }
    }
}
