/// The files of a session's page that are compiled into the tool.
extension Page {
    static let sessionStyle = Part(
        bytes: PackageResources.report_css, hash: "JXu8YmiEtwFqph4UDBaNMgYXVclVet+fb84+F8cHFfY=")

    /// In the order in which they need each other.
    static let sessionScripts = [
        Part(bytes: PackageResources.data_js, hash: "SUdJUly13L9Tk30qLy9WTh15AfNJ+TIvlHR/BY2KJQ4="),
        Part(bytes: PackageResources.charts_js, hash: "ITO2PfDA0saDpLV5DKuZOYPKpfJtUbGhzmLeBxUtBqU="),
        Part(bytes: PackageResources.map_js, hash: "K2juGwwRit6OSgBEFNrm0jVMezcCw/xCu4Apg09nx4M="),
        Part(bytes: PackageResources.incidents_js, hash: "r2NZljkOSJnwB/2kqt1cUrwTbQsdQlLvIJEE1CBsCAs="),
        Part(bytes: PackageResources.report_js, hash: "o+R0y1m9tVzg8XuBPicdCBZ8+hIcoa8sF4awA+o2+N0="),
    ]
}
