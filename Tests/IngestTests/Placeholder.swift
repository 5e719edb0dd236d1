import Testing

@testable import epu_ingest
