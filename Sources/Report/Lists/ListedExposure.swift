/// An exposure as the lists name it, with its verdict. Paths are absolute and written as `PathText`.
struct ListedExposure {
    /// The base name without suffix.
    let name: String
    /// The path of its XML; nil if there is none.
    let metadataPath: String?
    /// The path of its JPG. If there is no JPG, the path that it would have beside the XML; nil if there is neither.
    let imagePath: String?
    let hasImage: Bool
    /// The camera; nil if it is not known.
    let camera: SessionMovies.Camera?
    /// Whether it is bad; nil if it was not judged.
    let isBad: Bool?
    /// Whether the verdict is a person's.
    let isReviewed: Bool
    /// Whether its XML was read.
    let isRead: Bool
    /// Whether it is a possible overexposure of which no person has said what it is.
    let isPossible: Bool

    /// - Parameter imagePath: nil if it has no JPG.
    init(
        name: String, metadataPath: String, imagePath: String?, camera: SessionMovies.Camera, isBad: Bool?,
        isReviewed: Bool, isPossible: Bool
    ) {
        (self.name, self.metadataPath, self.camera) = (name, metadataPath, camera)
        (self.imagePath, hasImage) = (imagePath ?? Self.jpgPath(besideMetadata: metadataPath), imagePath != nil)
        (self.isBad, self.isReviewed, self.isPossible, isRead) = (isBad, isReviewed, isPossible, true)
    }

    init(_ unread: LedgerFiles.Unread) {
        (name, metadataPath, camera) = (unread.name, unread.metadataPath, nil)
        imagePath = unread.imagePath ?? unread.metadataPath.map(Self.jpgPath)
        hasImage = unread.imagePath != nil
        (isBad, isReviewed, isPossible, isRead) = (nil, false, false, false)
    }

    private static func jpgPath(besideMetadata path: String) -> String {
        // By bytes, as each exposure without a JPG asks. Only letters have two cases.
        let isXML = path.utf8.suffix(4).elementsEqual(".xml".utf8) {
            $0 == $1 || ($1 >= UInt8(ascii: "a") && $0 | 0x20 == $1)
        }
        return isXML ? String(decoding: path.utf8.dropLast(4), as: UTF8.self) + ".jpg" : path + ".jpg"
    }
}
