/// The version of the tools, which each prints for --version and notes in what it writes.
public let toolVersion = "1.0.0"
