import EPUCore
import Foundation

/// Says which folders have something new in them, as Linux' inotify reports it (man 7 inotify).
struct FolderWatcher: ~Copyable {
    private let descriptor: Int32
    private var folders: [Int32: String] = [:]
    private let mounts = MountTable()
    /// All folders that are watched, by their absolute paths.
    private(set) var watched: Set<PathKey> = []

    /// The folders in which something has changed since the last look.
    struct Changes {
        var folders: Set<PathKey> = []
        /// Whether reports were lost, so that everything has to be looked at.
        var isIncomplete = false
    }

    private static let events =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_CREATE) | UInt32(IN_DELETE)
        | UInt32(IN_ONLYDIR)

    /// Begins to watch; nil where the system has no more watchers.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Watches a folder.
    /// - Returns: The reason why it cannot be watched; nil where it is watched, or is not there any more.
    mutating func watch(_ path: String) -> String? {
        guard !watched.contains(PathKey(path)) else { return nil }
        guard !mounts.isRemote(path) else { return "it is on a network file system, which does not report changes" }
        let number = PathText.withPath(path) { inotify_add_watch(descriptor, $0, Self.events) }
        guard number >= 0 else {
            switch errno {
            // A folder that is gone again, or closed, needs no watch.
            case ENOENT, ENOTDIR, EACCES: return nil
            case ENOSPC: return "the system watches no more folders (raise it: sysctl fs.inotify.max_user_watches)"
            default: return String(cString: strerror(errno))
            }
        }
        // When a folder is renamed, its watch stays with it.
        if let old = folders[number], !old.hasSameBytes(as: path) { watched.remove(PathKey(old)) }
        folders[number] = path
        watched.insert(PathKey(path))
        return nil
    }

    /// Forgets a folder and what is below it. What was moved away may have come back in another place, and another folder may
    /// have its name.
    private mutating func forget(_ path: String) {
        for (number, folder) in folders where (folder + "/").utf8.starts(with: (path + "/").utf8) {
            inotify_rm_watch(descriptor, number)
            folders[number] = nil
            watched.remove(PathKey(folder))
        }
    }

    /// Waits until something changes, and a moment more for what comes with it.
    mutating func wait(seconds: Double) -> Changes {
        var changes = Changes()
        if poll(milliseconds: seconds * 1000) {
            read(into: &changes)
            let moment = ContinuousClock.now + .milliseconds(200)
            while ContinuousClock.now < moment, poll(milliseconds: 50) { read(into: &changes) }
        }
        return changes
    }

    private func poll(milliseconds: Double) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&request, 1, Int32(max(0, milliseconds.rounded(.up)))) > 0
    }

    private mutating func read(into changes: inout Changes) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let length = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        var start = 0
        let headLength = MemoryLayout<inotify_event>.size
        while start + headLength <= length {
            let event = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: inotify_event.self) }
            let name = buffer[(start + headLength)..<min(buffer.count, start + headLength + Int(event.len))]
            start += headLength + Int(event.len)
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.isIncomplete = true }
            if let folder = folders[event.wd] {
                changes.folders.insert(PathKey(folder))
                if event.mask & UInt32(IN_ISDIR) != 0, event.mask & UInt32(IN_MOVED_FROM) != 0 {
                    forget(folder + "/" + name.prefix { $0 != 0 }.withUnsafeBufferPointer { PathText.of($0) })
                }
            }
            if event.mask & UInt32(IN_IGNORED) != 0, let gone = folders.removeValue(forKey: event.wd) {
                watched.remove(PathKey(gone))
            }
        }
    }
}
