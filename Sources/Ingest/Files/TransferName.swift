import Foundation

/// Names that a file or folder has only while rsync brings it: no file of a session's, until it has its own name.
enum TransferName {
    /// Whether a file is one that rsync is still writing: it is called `.NAME.` and six letters or digits at random until rsync
    /// renames it.
    static func isFile(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count > 8, name[0] == UInt8(ascii: "."), name[name.count - 7] == UInt8(ascii: ".") else {
            return false
        }
        return name.suffix(6).allSatisfy { byte in
            let character = Unicode.Scalar(byte)
            return character.isASCII && (character.properties.isAlphabetic || ("0"..."9").contains(character))
        }
    }

    /// Whether a folder is one of rsync's, by `--partial-dir=.rsync-partial` or `--delay-updates`.
    static func isFolder(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.elementsEqual(".rsync-partial".utf8) || name.elementsEqual(".~tmp~".utf8)
    }
}
