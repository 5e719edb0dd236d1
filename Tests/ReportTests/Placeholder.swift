import Testing

@testable import epu_report
