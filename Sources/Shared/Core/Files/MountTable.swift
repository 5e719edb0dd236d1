import Foundation

/// The mounted file systems, by their folders (proc(5), /proc/self/mounts).
public struct MountTable {
    private var types: [(folder: String, type: String)] = []

    /// The types of file systems on which inotify tells only what this machine itself writes, and on which programs of several
    /// machines share no memory.
    private static let remoteTypes: Set = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "ceph", "afs", "9p", "beegfs", "glusterfs", "pvfs2",
        "orangefs", "virtiofs", "vboxsf", "prl_fs", "panfs", "wekafs", "gfs2", "ocfs2", "davfs", "coda",
    ]

    /// What is mounted now.
    public init() { self.init((try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? "") }

    public init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            // White space is written as octal numbers.
            let folder = fields[1].replacingOccurrences(of: "\\040", with: " ")
            types.append((folder, String(fields[2])))
        }
    }

    /// Whether the folder lies on another machine's disk, or on one that a program serves.
    public func isRemote(_ path: String) -> Bool {
        let above = types.filter {
            $0.folder == "/" || path.hasSameBytes(as: $0.folder) || path.isPath(below: $0.folder)
        }
        // Of two mounts on one folder the later one is seen.
        guard
            let mount = above.enumerated().max(by: { ($0.1.folder.utf8.count, $0.0) < ($1.1.folder.utf8.count, $1.0) })
        else {
            return false
        }
        return Self.remoteTypes.contains(mount.element.type) || mount.element.type.hasPrefix("fuse")
    }
}
