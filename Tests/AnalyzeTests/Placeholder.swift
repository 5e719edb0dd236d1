import Testing

@testable import epu_analyze
