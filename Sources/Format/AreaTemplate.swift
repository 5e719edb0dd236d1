public import EPUCore

/// TargetAreaTemplate of EpuSession.dm: where in each hole EPU exposes, focuses and measures drift.
public struct AreaTemplate: Sendable {
    public var areas: [Area] = []
    public var autofocus: Spot?
    public var drift: Spot?
    public var delayAfterImageShiftS: Double?
    public var delayAfterStageShiftS: Double?
    public var maximumImageShiftUm: Double?
    /// The size of a stored pixel of the hole image that the template was drawn on, um; nil before EPU 3.4.
    public var pixelSizeUm: Double?
    /// EPU's PhysicalTransformation, um per unbinned pixel.
    public var matrix: Matrix2?

    public struct Area: Sendable {
        /// The id of the area (DataAcquisitionAreaId), as in `_Data_<id>`.
        public let area: Int64
        /// The displacement from the hole's centre, stored pixels of the hole image, y down.
        public var shiftPx: Vector2?
        /// The displacement from the hole's centre, stage frame, um.
        public var offsetUm: Vector2?
        /// The id of the setting that the area is exposed with.
        public var acquisitionSetting: Int64?
        public var exposureTimeS: Double?
        /// The defoci that EPU cycles through, um.
        public var defociUm: [Double] = []
    }

    /// A place where EPU measures between exposures.
    public struct Spot: Sendable {
        public var offsetUm: Vector2?
        /// When EPU measures here: `AfterCentering`, `AfterDistance` ...
        public var recurrence: String?
        /// The distance after which EPU measures again, um.
        public var distanceUm: Double?
    }
}

extension AreaTemplate {
    /// - Parameter holeBinning: The binning of the Hole preset, for the versions that do not write the template's pixel size.
    init(_ template: XMLElement, holeBinning: Int64?) {
        delayAfterImageShiftS = template["DelayAfterImageShift"]?.number
        delayAfterStageShiftS = template["DelayAfterStageShift"]?.number
        maximumImageShiftUm = template["MaximumImageShift"]?.number(times: 1e6)
        matrix = template["PhysicalTransformation"]?["matrix"]?.matrix(times: 1e6)
        let size = template["TemplateImagePixelSize"]?.pair("width", "height", times: 1e6)
        pixelSizeUm = size.flatMap { $0.x > 0 && $0.y > 0 ? $0.x : nil }
        let toStage = Self.toStage(matrix, pixelSize: pixelSizeUm == nil ? nil : size, holeBinning: holeBinning)
        for entry in template["DataAcquisitionAreas"]?["m_serializationArray"]?.children ?? .empty {
            guard let value = entry["value"], let id = entry["key"]?.integer ?? value["Id"]?.integer else { continue }
            areas.append(Area(id, value, toStage))
        }
        autofocus = template["AutoFocusArea"].flatMap { Spot($0, toStage) }
        drift = template["DriftStabilizationArea"].flatMap { Spot($0, toStage) }
    }

    /// The function from a shift in stored pixels, y down, to the stage in um: the hole image's transformation without
    /// its scale, times the size of the pixel, and turned round, as the stage moves against what moves in the image.
    private static func toStage(_ matrix: Matrix2?, pixelSize: Vector2?, holeBinning: Int64?) -> ((Vector2) -> Vector2)?
    {
        guard let matrix, matrix.determinant != 0 else { return nil }
        let scale = abs(matrix.determinant).squareRoot()
        guard let size = pixelSize ?? holeBinning.map({ Vector2(Double($0) * scale, Double($0) * scale) }) else {
            return nil
        }
        return { shift in (-1 / scale) * (matrix * Vector2(shift.x * size.x, shift.y * size.y)) }
    }
}

extension AreaTemplate.Area {
    fileprivate init(_ id: Int64, _ value: XMLElement, _ toStage: ((Vector2) -> Vector2)?) {
        self.init(area: id)
        shiftPx = value["ShiftInPixels"]?.pair("width", "height")
        offsetUm = shiftPx.flatMap { toStage?($0) }.flatMap { $0.isFinite ? $0 : nil }
        // EPU 1 has a list of settings, of which the first one counts.
        let setting =
            value["ImageAcquisitionSettingXml"]
            ?? value["ImageAcquisitionSettings"]?.entries.first { $0.isNamed("ImageAcquisitionSettingXml") }
        acquisitionSetting = setting?["Id"]?.integer
        exposureTimeS = setting?["ExposureTime"]?.number
        guard let defocus = setting?["Defocus"] else { return }
        defociUm = defocus.number(times: 1e6).map { [$0] } ?? defocus.entries.compactMap { $0.number(times: 1e6) }
    }
}

extension AreaTemplate.Spot {
    fileprivate init?(_ area: XMLElement, _ toStage: ((Vector2) -> Vector2)?) {
        guard let shift = area["ShiftInPixels"]?.pair("width", "height") else { return nil }
        offsetUm = toStage?(shift)
        recurrence = area["Recurrence"]?.text
        distanceUm = area["RecurrenceDistance"]?.number(times: 1e6)
    }
}
