import EPUDrawing

/// Decodes JPG previews in the size of a montage's tiles.
struct PreviewLoader: Sendable {
    /// The greatest length of a picture's longer side if no scale is asked for, pixels.
    static let automaticPixels = 512

    private let decoder = JPEGDecoder()
    private let scale: JPEGDecoder.Scale?

    /// - Parameter scale: the scale of the pictures; nil means the greatest that makes the longer side at most 512 pixels.
    init(scale: JPEGDecoder.Scale?) { self.scale = scale }

    func load(_ path: String) -> Result<GreyImage, PictureProblem> {
        Result { () throws(PictureProblem) in try decoder.decodeGrey(path: path, scale: scale(width:height:)) }
    }

    /// The width and height that `load` would give; nil if it would fail on the header.
    func size(_ path: String) -> (width: Int, height: Int)? {
        guard let full = try? decoder.size(path: path) else { return nil }
        let scale = scale(width: full.width, height: full.height)
        let size = (width: scale.scaled(full.width), height: scale.scaled(full.height))
        guard self.scale == nil, max(size.width, size.height) > Self.automaticPixels else { return size }
        // Above 4096 pixels even an eighth is larger than the tile, and is then drawn smaller.
        let factor = Double(Self.automaticPixels) / Double(max(size.width, size.height))
        return (max(1, Int(factor * Double(size.width))), max(1, Int(factor * Double(size.height))))
    }

    private func scale(width: Int, height: Int) -> JPEGDecoder.Scale {
        scale ?? .fitting(width: width, height: height, into: Self.automaticPixels)
    }
}
