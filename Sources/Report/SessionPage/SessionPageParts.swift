/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "dnpp4zzPjZRsN1DT6t2iEN+3pNJr7amLUhU4XGv1KGg=")

    /// The scripts, in an order in which each comes after those that it needs.
    static let sessionScripts = [
        commonScript, chartScript, rowsScript,
        Part(bytes: PackageResources.data_js, hash: "QMRABbBDuXdepz4JI0VWWH8yuVl1h9iyx42JaoRyAic="),
        Part(bytes: PackageResources.charts_js, hash: "vlBknSbSPfUaBet10GGYoJEcfoWuppAMDtGg2M3kaPc="),
        Part(bytes: PackageResources.map_js, hash: "3h4kY4cTM8ddv/v5NVRuZXD3aDUHGuiEh3v7620pqOY="),
        Part(bytes: PackageResources.outlines_js, hash: "Og8IMR1qCHdIETT8PFbBuTB4u3PYUgXPnQczHiI1aQw="),
        Part(bytes: PackageResources.incidents_js, hash: "FCcd6Gtjd/hyGz4/AhDI41O1dvQ70fAcJAQEx4YWE2s="),
        Part(bytes: PackageResources.marks_js, hash: "CmEEM1XZyhnfAu0uNdtyXNxjYngRlW3ktFlenTm0S0Q="),
        Part(bytes: PackageResources.overexposed_js, hash: "FPtcayOnbWFMlre0BF0xien6zfIRPKpsvG1bS+FOEuU="),
        Part(bytes: PackageResources.report_js, hash: "LOA4c+Q3VFvqJVQxf05PESFqMBfudkxCFYxWUFFaF2g="),
    ]
}
