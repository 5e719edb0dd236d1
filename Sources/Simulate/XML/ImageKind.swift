/// The three kinds of image whose metadata EPU writes.
enum ImageKind: CaseIterable {
    case data
    case hole
    case square
}
