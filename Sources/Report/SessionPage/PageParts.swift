/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "62rKkF/7UfbiS3geU/nAuqa/K1g6o+avUzQIibIbLiU=")

    /// The scripts, in an order in which each comes after those that it needs.
    static let sessionScripts = [
        Part(bytes: PackageResources.data_js, hash: "TyfdMxSEM5E4pgvHbC7IpGjwgauWPN4+rb4bGGT0WFg="),
        Part(bytes: PackageResources.charts_js, hash: "2yoiurVlNkjOA2eRWfShPHP3fldsod2QP/yTXt+x3wg="),
        Part(bytes: PackageResources.map_js, hash: "q+SgI3MAPpE2zLyc3S9GdNUkX9ijRpTNpX37wRTXz6U="),
        Part(bytes: PackageResources.outlines_js, hash: "Og8IMR1qCHdIETT8PFbBuTB4u3PYUgXPnQczHiI1aQw="),
        Part(bytes: PackageResources.incidents_js, hash: "4unR7P4vhQUQ9dK0CVgIJf9Ri0mCG4jENkdbF/DbOyA="),
        Part(bytes: PackageResources.rows_js, hash: "yrgptknJojlwfPbPiloWCc6EFhZ/sSiLDzkXSWrWHWE="),
        Part(bytes: PackageResources.marks_js, hash: "SlfBUQVndMwJLCY4wKY1/0XZ/qSmq76b0davkvmb8lY="),
        Part(bytes: PackageResources.overexposed_js, hash: "iBPIHc2C8Q66Lp9eZH3aoKet73cS4HqhTokx3CxcfKo="),
        Part(bytes: PackageResources.report_js, hash: "OuOVCmI6KYT8lYpDd4c67JG707mlSjf8X8klX3Y3Njo="),
    ]
}
