/// What every tool prints for --version, and names itself by in what it writes.
public let toolVersion = "0.1.0"
