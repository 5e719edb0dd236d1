/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "y4Xwfxn2MxITlo7wElNoxDB1emsCS0ONnx+yjcxR4nY=")

    /// The scripts, in an order in which each comes after those that it needs.
    static let sessionScripts = [
        Part(bytes: PackageResources.data_js, hash: "TyfdMxSEM5E4pgvHbC7IpGjwgauWPN4+rb4bGGT0WFg="),
        Part(bytes: PackageResources.charts_js, hash: "2yoiurVlNkjOA2eRWfShPHP3fldsod2QP/yTXt+x3wg="),
        Part(bytes: PackageResources.map_js, hash: "lvSTm7zsN+0VREESGSt19yvAFeIqmC6WVGq7z11cE28="),
        Part(bytes: PackageResources.incidents_js, hash: "jlbZ/snndPjMPtrTxNMpsjTH4Mx2tPSomspzTyxn29g="),
        Part(bytes: PackageResources.rows_js, hash: "yrgptknJojlwfPbPiloWCc6EFhZ/sSiLDzkXSWrWHWE="),
        Part(bytes: PackageResources.marks_js, hash: "SlfBUQVndMwJLCY4wKY1/0XZ/qSmq76b0davkvmb8lY="),
        Part(bytes: PackageResources.overexposed_js, hash: "+PQzedmVbuv7eX21fe0Q6+tL+FK1zAGbjLFmTEUFO/M="),
        Part(bytes: PackageResources.report_js, hash: "+ZXVajHcp9997ermgl5HlFc7U0Q57v0EALIamxxARNw="),
    ]
}
