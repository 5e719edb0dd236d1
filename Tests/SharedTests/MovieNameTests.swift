import EPUCore
import Testing

@Suite("Names of movies")
struct MovieNameTests {
    @Test(
        "What follows the base name tells what a file is",
        arguments: [
            ("_fractions.tiff", .movie), ("_fractions.tif", .movie), ("_fractions.mrc", .movie), ("_eer.eer", .movie),
            (".eer", .movie), ("-0000.mrc", .frame), ("-9.mrc", .frame), ("-0.tif", .frame), (".mrc", .image),
            (".mrcs", .image), ("_dw.mrc", .other), ("-a.mrc", .other), ("-.mrc", .other),
            ("-gain-ref.mrc", nil), ("_gain.tiff", nil), ("_gain.tiff.gz", nil), (".xml", nil), (".jpg", nil),
            ("_fractions.xml", nil), (".xml.gz", nil), (".gz", nil), ("", nil), ("mrc", nil),
        ] as [(String, MovieName.Kind?)])
    func kind(rest: String, kind: MovieName.Kind?) {
        #expect(MovieName(rest)?.kind == kind)
        for compression in [".bz2", ".gz", ".lz4", ".zst"] where !rest.hasSuffix(".gz") {
            let name = MovieName(rest + compression)
            #expect(name?.kind == kind)
            #expect(name?.isCompressed ?? true)
            #expect(MovieName(rest + compression + compression) == nil)
        }
        #expect(MovieName(rest)?.isCompressed != true)
    }

    @Test(
        "A guess follows from the camera and EPU's format; Falcon and Ceta never get the name of a K3's movie",
        arguments: [
            ("Equidistant", "EF-CCD BioQuantum K3", "Tiff Lzw Non-Gain normalized", "_fractions.tiff"),
            ("Equidistant", "EF-CCD", nil, "_fractions.tiff"), ("Equidistant", "BM-CCD", "Mrc", "_fractions.mrc"),
            ("Varidistant", "BM-Falcon", "Gain normalized", "_Fractions.mrc"),
            ("Varidistant", nil, nil, "_Fractions.mrc"),
            ("Eer", "EF-Falcon Falcon 4i", "Gain normalized", "_EER.eer"), (nil, "BM-Falcon", nil, "_Fractions.mrc"),
            ("Equidistant", "BM-Falcon", nil, "_Fractions.mrc"), (nil, "BM-Ceta", nil, "_Fractions.mrc"),
            ("Varidistant", "BM-Ceta Ceta-F", "Tiff Lzw Non-Gain normalized", "_Fractions.tiff"),
            (nil, nil, nil, "_fractions.tiff"), ("Varidistant", "EF-CCD", nil, "_fractions.tiff"),
        ] as [(String?, String?, String?, String)])
    func guess(fractionation: String?, camera: String?, format: String?, suffix: String) {
        #expect(MovieName.guess(fractionation: fractionation, camera: camera, format: format) == suffix)
    }
}
