/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "OKATKd6uvhXPdp6RMhyEvc7CXxJmrA9WTXzFmLwTNlw=")

    /// The scripts, in an order in which each comes after those that it needs.
    static let sessionScripts = [
        Part(bytes: PackageResources.data_js, hash: "SUdJUly13L9Tk30qLy9WTh15AfNJ+TIvlHR/BY2KJQ4="),
        Part(bytes: PackageResources.charts_js, hash: "2gqsSFCMbUvCBnZ+basZvsKFRyJNZgLaNX8x2GMMuk0="),
        Part(bytes: PackageResources.map_js, hash: "919KzGe/yw6SMKiOEBJKJSNW6iyx3PRzMrICjiQD6s4="),
        Part(bytes: PackageResources.incidents_js, hash: "jUgafCmoMYBeYVxjxRshjSBD9fUCTKJ58Bl5sGYZzQc="),
        Part(bytes: PackageResources.report_js, hash: "Hl2yZT4e+uwXh72kbJ4osfgNhsB02bP53TU6cJ2HUCY="),
    ]
}
