import Testing

@testable import epu_simulate
