/// The palette of a grey picture with lines of a few colours on it: a pixel takes one byte, as a grey one does, where red,
/// green and blue take three, in the file and in the time to compress it.
public struct TintedGreys: Sendable {
    /// The number of colours in a palette, whatever its tints.
    static let count = 256
    /// The number of shades of each tint, from nearly black to the tint itself: a line on a dark rim keeps its smooth edges.
    private static let shades = 16

    /// Red, green and blue of each colour: greys from black to white, then the shades of each tint.
    let rgb: [UInt8]
    private let greys: Int
    private let ofGrey: [UInt8]

    /// - Parameter tints: The tints, at most 8; more are left out.
    public init(tints: [Colour]) {
        let tints = tints.prefix(8)
        let greys = Self.count - tints.count * Self.shades
        func byte(_ share: Double) -> UInt8 { UInt8((255 * min(max(share, 0), 1)).rounded()) }
        var rgb: [UInt8] = []
        for grey in 0..<greys {
            let level = byte(Double(grey) / Double(greys - 1))
            rgb += [level, level, level]
        }
        for tint in tints {
            for shade in 1...Self.shades {
                let share = Double(shade) / Double(Self.shades)
                rgb += [byte(share * tint.red), byte(share * tint.green), byte(share * tint.blue)]
            }
        }
        self.rgb = rgb
        ofGrey = (0...255).map { UInt8((Double($0) / 255 * Double(greys - 1)).rounded()) }
        self.greys = greys
    }

    /// Finds the colours nearest to a row of 0xRRGGBB. A grey is at most one level off.
    func indices(of pixels: UnsafeBufferPointer<UInt32>, into row: UnsafeMutableBufferPointer<UInt8>) {
        ofGrey.withUnsafeBufferPointer { ofGrey in
            for (x, pixel) in pixels.enumerated() {
                let isGrey = (pixel >> 8 ^ pixel) & 0xffff == 0
                row[x] = isGrey ? ofGrey[Int(pixel & 0xff)] : nearest(to: pixel)
            }
        }
    }

    private func nearest(to pixel: UInt32) -> UInt8 {
        let (red, green, blue) = (Int(pixel >> 16 & 0xff), Int(pixel >> 8 & 0xff), Int(pixel & 0xff))
        func distance(_ index: Int) -> Int {
            let r = red - Int(rgb[3 * index])
            let g = green - Int(rgb[3 * index + 1])
            let b = blue - Int(rgb[3 * index + 2])
            return r * r + g * g + b * b
        }
        // Of all greys the mean of the three is nearest.
        var nearest = Int(ofGrey[(red + green + blue) / 3])
        var least = distance(nearest)
        for index in greys..<Self.count {
            let distance = distance(index)
            if distance < least { (nearest, least) = (index, distance) }
        }
        return UInt8(truncatingIfNeeded: nearest)
    }
}
