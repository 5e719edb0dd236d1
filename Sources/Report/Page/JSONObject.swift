/// A JSON object that is written while it is filled: an encoder would be slow to box a million numbers.
struct JSONObject {
    private var body: [UInt8] = []

    /// The object as JSON, with its braces.
    var bytes: [UInt8] { [UInt8(ascii: "{")] + body + [UInt8(ascii: "}")] }

    mutating func add(_ name: String, _ value: String?) {
        key(name)
        if let value { write(value) } else { writeNull() }
    }

    mutating func add(_ name: String, _ value: Bool) {
        key(name)
        body.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func add(_ name: String, _ value: Int?) {
        key(name)
        write(value)
    }

    mutating func add(_ name: String, _ value: Double?) {
        key(name)
        write(value)
    }

    mutating func add(_ name: String, _ object: JSONObject) {
        key(name)
        body += object.bytes
    }

    mutating func add(_ name: String, _ objects: [JSONObject]) { list(name, objects) { $0.body += $1.bytes } }
    mutating func add(_ name: String, _ values: [String]) { list(name, values) { $0.write($1) } }
    mutating func add(_ name: String, _ values: [String?]) {
        list(name, values) { object, value in
            if let value { object.write(value) } else { object.writeNull() }
        }
    }
    mutating func add(_ name: String, _ values: [Int?]) { list(name, values) { $0.write($1) } }
    /// Adds a list of numbers with all their digits.
    mutating func add(_ name: String, _ values: [Double?]) { list(name, values) { $0.write($1) } }

    /// Adds a list of numbers, rounded to multiples of a step: `{"step": 0.001, "values": [1250, null]}` are 1.25 and nothing.
    mutating func add(_ name: String, _ values: [Double?], step: Double) {
        var column = JSONObject()
        column.add("step", step)
        column.add("values", values.map { value in value.flatMap { Int(exactly: ($0 / step).rounded()) } })
        add(name, column)
    }

    private mutating func key(_ name: String) {
        if !body.isEmpty { body.append(UInt8(ascii: ",")) }
        write(name)
        body.append(UInt8(ascii: ":"))
    }

    private mutating func list<Value>(_ name: String, _ values: [Value], _ write: (inout JSONObject, Value) -> Void) {
        key(name)
        body.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            write(&self, value)
        }
        body.append(UInt8(ascii: "]"))
    }

    private mutating func writeNull() { body.append(contentsOf: "null".utf8) }

    private mutating func write(_ value: Int?) {
        guard let value else { return writeNull() }
        body.append(contentsOf: String(value).utf8)
    }

    /// Writes a value; null if JSON cannot hold it as a number.
    private mutating func write(_ value: Double?) {
        guard let value, value.isFinite else { return writeNull() }
        body.append(contentsOf: "\(value)".utf8)
    }

    private mutating func write(_ text: String) { body.append(contentsOf: JSONText.quoted(text).utf8) }
}
