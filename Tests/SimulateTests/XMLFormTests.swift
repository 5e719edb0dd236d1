import ArgumentParser
import Foundation
import Testing

@testable import epu_simulate

@Suite("The layout of XML")
struct XMLFormTests {
    private static let versions = [EPUVersion.epu12, .epu34, .epu311]

    @Test("Every form holds the same elements with the same texts", arguments: XMLForm.allCases, versions)
    func sameContents(form: XMLForm, version: EPUVersion) throws {
        let plain = try writtenSession(version)
        let formed = try writtenSession(version) { $0.xmlForm = form }
        #expect(Set(plain.keys) == Set(formed.keys))
        for (path, data) in try samples(formed) {
            #expect(try contents(data) == contents(try #require(plain[path])), "\(path)")
        }
    }

    @Test("A form begins and breaks its lines as it says", arguments: XMLForm.allCases)
    func beginning(form: XMLForm) throws {
        for (path, data) in try samples(try writtenSession(.epu39) { $0.xmlForm = form }) {
            let text = String(decoding: data, as: UTF8.self)
            #expect(data.starts(with: [0xef, 0xbb, 0xbf]) == (form == .bom), "\(path)")
            #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"utf-8\"?><") == (form == .declared), "\(path)")
            #expect(text.contains("\n") == (form == .pretty), "\(path)")
            #expect(text.hasSuffix(">"), "\(path)")
            if form == .pretty { #expect(text.contains("\n    <") && !text.contains("\n\n"), "\(path)") }
        }
    }

    @Test("Other prefixes stand for the same namespaces", arguments: versions)
    func prefixes(version: EPUVersion) throws {
        let plain = try writtenSession(version)
        let renamed = try writtenSession(version) { $0.renamesPrefixes = true }
        var roots: Set<Substring> = []
        for (path, data) in try samples(renamed) {
            let original = try #require(plain[path])
            #expect(data != original)
            #expect(try contents(data) == contents(original), "\(path)")
            let text = String(decoding: data, as: UTF8.self)
            roots.formUnion(text.matches(of: /xmlns:(\w+)="[^"]*XMLSchema-instance"/).map(\.1))
            // A type's prefix is declared in its own tag.
            for tag in text.matches(of: /<[^>]*:type="(\w+):\w+"[^>]*>/) where tag.0.contains("xmlns:") {
                #expect(tag.0.contains("xmlns:\(tag.1)="), "\(tag.0)")
            }
        }
        #expect(roots.count > 1)
        #expect(try writtenSession(version) { $0.renamesPrefixes = true } == renamed)
    }

    @Test("The command line has the form and the prefixes")
    func options() throws {
        let options = try MakeCommand.parse(["out", "--xml-form", "declared", "--prefixes", "--movies"]).options
        #expect(options.xmlForm == .declared && options.renamesPrefixes && options.movies)
    }

    /// One file of each kind that has a form.
    private func samples(_ files: [String: Data]) throws -> [(String, Data)] {
        try ["EpuSession.dm", "Metadata/", "/Data/", "/FoilHoles/", "/GridSquare_20"].map { kind in
            let path = try #require(
                files.keys.sorted().first { $0.contains(kind) && !$0.contains("_Fractions") }, "\(kind)")
            return (path, try #require(files[path]))
        }
    }

    private func contents(_ data: Data) throws -> [String] {
        try Elements(data).all.map { "\($0.qualified) \($0.text.trimmingCharacters(in: .whitespacesAndNewlines))" }
    }
}
