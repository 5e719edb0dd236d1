import EPUCore
import Foundation
import Synchronization

/// The files below a folder, found with readdir and fstatat and nothing else.
struct FileTree: Sendable {
    private(set) var files = 0
    private(set) var exposures = 0
    /// The paths of all that epu-ingest parses: the XMLs of exposures, holes and squares, and the .dm files; without
    /// `_Fractions.xml`.
    private(set) var documents: [String] = []
    private var folders: [String] = []

    static func list(_ root: String, jobs: Int) throws -> FileTree {
        try collect(root, jobs: jobs, naming: true)
    }

    /// Walks the folders without making a string for any file: what listing costs at the least.
    static func walk(_ root: String, jobs: Int) throws { _ = try collect(root, jobs: jobs, naming: false) }

    /// Goes down level by level, the folders of one level on `jobs` threads.
    private static func collect(_ root: String, jobs: Int, naming: Bool) throws -> FileTree {
        var tree = FileTree()
        var level = [root]
        while !level.isEmpty {
            let folders = level
            let found = Mutex(FileTree())
            try onThreads(jobs, count: folders.count) { next in
                var part = FileTree()
                while let index = next() { try part.add(folder: folders[index], naming: naming) }
                found.withLock { $0.add(part) }
            }
            var below = found.withLock { $0 }
            level = below.folders
            below.folders = []
            tree.add(below)
        }
        return tree
    }

    private mutating func add(_ other: FileTree) {
        files += other.files
        exposures += other.exposures
        documents += other.documents
        folders += other.folders
    }

    private mutating func add(folder: String, naming: Bool) throws {
        guard let stream = opendir(folder) else { throw Failure("\(folder): \(String(cString: strerror(errno))).") }
        defer { closedir(stream) }
        let descriptor = dirfd(stream)
        while let entry = readdir(stream) {
            try withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                guard let name = raw.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
                if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
                var status = stat()
                guard fstatat(descriptor, name, &status, 0) == 0 else {
                    throw Failure("\(folder)/\(String(cString: name)): \(String(cString: strerror(errno))).")
                }
                if status.st_mode & S_IFMT == S_IFDIR {
                    folders.append(folder + "/" + String(cString: name))
                    return
                }
                files += 1
                guard naming else { return }
                let text = String(cString: name)
                if ExposureName.parse(text)?.rest == ".xml" { exposures += 1 }
                if text.hasSuffix(".dm") || (text.hasSuffix(".xml") && !text.hasSuffix("_Fractions.xml")) {
                    documents.append(folder + "/" + text)
                }
            }
        }
    }
}
