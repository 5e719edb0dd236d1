/// The files of all pages that are compiled into the tool.
extension Page {
    static let style = Part(bytes: PackageResources.page_css, hash: "apPBGazn3DT0Ffx0Sdm1DnE03DQn4Rd79/bBxRjzFuQ=")
    /// What all scripts share.
    static let commonScript = Part(
        bytes: PackageResources.page_js, hash: "IFCLQBJRZaiK8QsGsgfL+F4rObbC9frpZfRmyb6ngQI=")
    static let chartScript = Part(
        bytes: PackageResources.chart_js, hash: "KolnKzQ0otd+xRB9Shp2SHlV6ZlCAXqrQDVGK3/4xY4=")
    /// The table of any length.
    static let rowsScript = Part(bytes: PackageResources.rows_js, hash: "N5dW3zVUPlk4cDDIiTT+LAht15dKzYh1W4AQd885qas=")
}
