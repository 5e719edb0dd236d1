/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "uQbyIqu9bdthq7PWeuyBfY7FNH/Si+/jRlNUYALisJs=")

    /// In the order in which they need each other.
    static let sessionScripts = [
        Part(bytes: PackageResources.data_js, hash: "SUdJUly13L9Tk30qLy9WTh15AfNJ+TIvlHR/BY2KJQ4="),
        Part(bytes: PackageResources.charts_js, hash: "dZhldoBusSJ3eE7tjDHxkjqyzHeof0YGdWnByTpNrBU="),
        Part(bytes: PackageResources.map_js, hash: "d8NCWTxzxy/lJ5yvkr5HKJKuwVsf2w9OZdc+43XB4WQ="),
        Part(bytes: PackageResources.incidents_js, hash: "r2NZljkOSJnwB/2kqt1cUrwTbQsdQlLvIJEE1CBsCAs="),
        Part(bytes: PackageResources.report_js, hash: "wgxwLycLcHZxtBBDnfuAnJ3gVXfxkbxwomXlJnvAB4Q="),
    ]
}
