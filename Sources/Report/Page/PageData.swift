import CZlib
import Foundation

/// The data that a page's script reads: JSON, compressed by zlib and written in base 64, which browsers can decompress
/// (https://compression.spec.whatwg.org, "deflate").
struct PageData {
    private let json: [UInt8]

    init(_ json: [UInt8]) { self.json = json }

    /// The element of the page that holds the data. Nothing in base 64 can end it.
    var element: String {
        "\n<script type=\"application/octet-stream\" id=\"data\">\(Data(compressed).base64EncodedString())</script>"
    }

    private var compressed: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(compressBound(UInt(json.count)))) { buffer, count in
            var length = UInt(buffer.count)
            // compressBound leaves room for any input, so this can fail only for lack of memory, which Swift does not survive
            // either.
            let status = compress2(buffer.baseAddress, &length, json, UInt(json.count), Z_DEFAULT_COMPRESSION)
            count = status == Z_OK ? Int(length) : 0
        }
    }
}
