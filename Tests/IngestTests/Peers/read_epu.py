"""Reads EPU's files by a way of its own, to check what epu-ingest stores.

read_epu.py FOLDER... prints one JSON object: table -> list of rows, with the columns, types and units of schema.sql.
Rows name their session by its name; ids that SQLite gives, and session.grid, are left out. null is NULL.
"""
import datetime
import json
import math
import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

Z = "{http://schemas.microsoft.com/2003/10/Serialization/}"
I = "{http://www.w3.org/2001/XMLSchema-instance}"
SCHEMA = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../schema.sql")
TYPES = dict(re.findall(r"^    (\w+) +(TEXT|REAL|INTEGER)\b", open(SCHEMA, encoding="utf-8").read(), re.MULTILINE))
SCALES = [(r"_um$|_m\d\d$", 1e6), (r"_a$", 1e10), (r"_deg$", 180 / math.pi), (r"_kv$", 1e-3), (r"_na$", 1e9),
          (r"^dose_e_per_a2$", 1e-20)]  # from m, rad, V, A and electrons per square metre
ZERO_IS_NULL = {"beam_diameter_um", "intensity", "illumination_intensity", "clustering_radius_um", "hole_size_um",
                "hole_spacing_um", "nominal_hole_size_um", "nominal_hole_spacing_um", "template_pixel_size_um"}
KEYS = {"session": [], "storage_folder": ["disc"], "preset": ["preset"], "grid_square": ["grid_square"],
        "foil_hole": ["foil_hole"], "template_area": ["area"], "planned_exposure": ["acquisition"],
        "grid_square_image": ["name"], "hole_image": ["name"], "exposure": ["name", "unique_id"],
        "custom_value": ["file", "key"]}  # of a row in its session
TIME = r"_\d{8}_(?:\d{6}|\d{4})$"
DATA = re.compile(r"FoilHole_(\d+)_Data_(\d+)_(\d+)" + TIME)
HOLE = re.compile(r"FoilHole_(\d+)" + TIME)
IMAGE = re.compile(r"(GridSquare|FoilHole_\d+|FoilHole_\d+_Data_\d+_\d+)" + TIME)
SQUARE_ID = re.compile(r"GridSquare_(\d+)$")

def local(tag):
    return tag.rsplit("}", 1)[-1]

class Node:
    """An element. What is absent or nil has no text and no children; z:Ref leads to the element it repeats."""

    def __init__(self, element, ids):
        if element is not None and (Z + "Ref" in element.attrib or element.get(I + "nil") == "true"):
            element = ids.get(element.get(Z + "Ref"))
        self.exists, self.ids = element is not None, ids
        self.element = element if self.exists else ElementTree.Element("nothing")

    def children(self, prefix=""):
        nodes = [Node(e, self.ids) for e in self.element if local(e.tag).startswith(prefix)]
        return [node for node in nodes if node.exists]

    def __getitem__(self, path):
        node = self
        for name in path.split("/"):
            node = Node(next((e for e in node.element if local(e.tag) == name), None), self.ids)
        return node

    @property
    def type(self):
        """Local part of i:type="b:double" or of z:Type="System.Double"."""
        written = self.element.get(I + "type") or self.element.get(Z + "Type") or ""
        return re.split("[:.]", written)[-1] or None

    @property
    def text(self):
        return (self.element.text or "").strip() or None

    def number(self, scale=1.0):
        number = math.nan if self.text is None else float(self.text) * scale
        return number if math.isfinite(number) else None

    def integer(self):
        flag = {"true": 1, "false": 0}.get(self.text)
        return int(float(self.text)) if flag is None and self.text else flag

    def value(self, column):
        """In the column's type and unit."""
        if TYPES[column] != "REAL":
            return self.text if TYPES[column] == "TEXT" else self.integer()
        value = self.number(next((scale for pattern, scale in SCALES if re.search(pattern, column)), 1.0))
        return None if column in ZERO_IS_NULL and value == 0 else value

NOTHING = Node(None, {})

class Dictionary:
    """KeyValueOf... elements, which a .dm wraps in KeyValuePairs; remembers the keys that were asked for."""

    def __init__(self, node):
        self.values, self.used = {}, set()
        for entry in (node["KeyValuePairs"] if node["KeyValuePairs"].exists else node).children("KeyValue"):
            parts = {local(e.tag).lower(): Node(e, node.ids) for e in entry.element}
            self.values[parts["key"].text] = parts.get("value", NOTHING)

    def __getitem__(self, keys):
        """The first of several|keys that is there; all of them count as asked for."""
        self.used.update(keys.split("|"))
        return next((self.values[key] for key in keys.split("|") if key in self.values), NOTHING)

def listed(node, prefix):
    """Entries of an array; or of a list, whose _items are padded beyond its _size."""
    items = node["_items"]
    return items.children(prefix)[:node["_size"].integer()] if items.exists else node.children(prefix)

def read(node, columns):
    """Columns: "column path, column path ..."."""
    return {column: node[path].value(column) for column, path in (field.split() for field in columns.split(","))}

def open_xml(path):
    root = ElementTree.parse(path).getroot()
    return Node(root, {e.get(Z + "Id"): e for e in root.iter() if Z + "Id" in e.attrib})

def utc(text):
    """UTC with 7 digits, and the written offset in minutes."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text or "")
    if not match:
        return None, None
    seconds, fraction, zone = match.groups()
    offset = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:6]))
    time = datetime.datetime.fromisoformat(seconds) - datetime.timedelta(minutes=offset)
    return f"{time.isoformat()}.{(fraction or '').ljust(7, '0')[:7]}Z", offset

def asked_of_camera(node):
    """What CameraSpecificInput says."""
    asked = Dictionary(node)
    movie = asked["FractionationSettings"]
    ends = [part["EndFrameNumber"].integer() for part in listed(movie["DoseFractions"], "anyType")]
    return read(asked, "counting ElectronCountingEnabled, super_resolution SuperResolutionFactor") | {
        "fractionation": (movie.type or "").removesuffix("Fractionation") or None,
        "fractions": len(ends) if ends else movie["NumberOffractions"].integer(),
        "camera_frames": max(ends, default=None),
    }

CAMERA = """camera Name, exposure_time_s ExposureTime, binning Binning/x, readout_width_px ReadoutArea/width,
    readout_height_px ReadoutArea/height"""
OPTICS = """beam_diameter_um BeamDiameter, spot_index SpotIndex, probe_mode ProbeMode, defocus_um Defocus,
    image_shift_x ImageShift/_x, image_shift_y ImageShift/_y"""
BEAM = """beam_shift_x BeamShift/_x, beam_shift_y BeamShift/_y, eftem EFTEMOn,
    slit_inserted EnergyFilter/EnergySelectionSlitInserted, slit_width_ev EnergyFilter/EnergySelectionSlitWidth"""

def any_image(root):
    """What all three tables of images hold."""
    data, time = root["microscopeData"], utc(root["microscopeData/acquisition/acquisitionDateTime"].text)
    return dict(zip(("acquired_at", "utc_offset_minutes"), time)) | read(root, "unique_id uniqueID") | read(
        data["stage/Position"], "stage_x_um X, stage_y_um Y, stage_z_um Z, stage_alpha_deg A, stage_beta_deg B") | read(
        root["ReferenceTransformation/matrix"], ",".join(f"image_to_stage_m{n} _m{n}" for n in (11, 12, 21, 22))
        ) | read(data["optics"], OPTICS + ", magnification TemMagnification/NominalMagnification") | read(
        data["acquisition/camera"], CAMERA) | read(Dictionary(root["CustomData"]), "dose_e_per_a2 Dose")

def square_image(root):
    return any_image(root) | read(root, "pixel_size_um SpatialScale/pixelSize/x/numericValue")

def hole_image(root):
    return square_image(root) | read(Dictionary(root["CustomData"])["FindFoilHoleCenterResults"], """
        center_x_px Center/x, center_y_px Center/y, hole_width_px Size/width, hole_height_px Size/height,
        center_quality Quality, hole_rotation Rotation, hole_shear Shear""")

def exposure(root):
    """The row, and what else CustomData says (of a hole or grid square image, too): key -> value."""
    data, camera = root["microscopeData"], root["microscopeData/acquisition/camera"]
    custom = Dictionary(root["CustomData"])
    row = any_image(root) | asked_of_camera(camera["CameraSpecificInput"]) | read(
        root["SpatialScale/pixelSize"], "pixel_size_a x/numericValue, pixel_size_y_a y/numericValue") | read(data, """
        core_guid core/Guid, software core/ApplicationSoftware, epu_version core/ApplicationSoftwareVersion,
        instrument_id instrument/InstrumentID, instrument_model instrument/InstrumentModel,
        computer_name instrument/ComputerName, high_tension_kv gun/AccelerationVoltage""") | read(
        data["optics"], BEAM + """,
        beam_tilt_x BeamTilt/_x, beam_tilt_y BeamTilt/_y, intensity Intensity, objective_lens_mode ObjectiveLensMode,
        illumination_mode IlluminationMode, projector_mode ProjectorMode, column_mode ColumnOperatingMode,
        xl_mode XLModeOn, energy_shift_ev EnergyFilter/EnergyShift""") | read(camera, """
        camera_location CameraLocation, readout_x_px ReadoutArea/x, readout_y_px ReadoutArea/y,
        binning_y Binning/y""") | read(custom, """
        dose_e_per_a2 Dose, illumination_intensity IlluminationIntensity, applied_defocus_um AppliedDefocus,
        stem StemMagnification, phase_plate PhasePlateUsed, phase_plate_aperture PhasePlateApertureName,
        phase_plate_position PhasePlatePosition, aperture_c1 Aperture[C1].Name, aperture_c2 Aperture[C2].Name,
        aperture_c3 Aperture[C3].Name, aperture_objective Aperture[OBJ].Name, aperture_sa Aperture[SA].Name,
        camera_model DetectorCommercialName|Detectors[*].CommercialName, counted Detectors[*].ElectronCounted,
        camera_serial_number Detectors[*].CameraSerialNumber, frame_rate_hz Detectors[*].FrameRate,
        gain_reference Detectors[*].EerGainReference|Detectors[*].GainReference,
        detector_exposure_time_s Detectors[*].ExposureTime, detector_time_us Detectors[*].TimeStamp,
        dose_on_camera_e_per_px DoseOnCamera, dose_rate_e_per_px_s DoseRate|Detectors[*].DoseRate,
        total_dose_e_per_px Detectors[*].TotalDose, beam_current_na BeamCurrent, gun_flash CFEGFlashTimeStamp
        """.replace("*", camera["Name"].text or ""))
    return row, {key: value for key, value in custom.values.items() if key not in custom.used}

def template_offset(template, hole_binning):
    """Gives the place (um, um) of an area whose ShiftInPixels are of the template's hole image."""
    matrix = template["PhysicalTransformation/matrix"]
    m11, m12, m21, m22 = (matrix[f"_m{ij}"].number() or 0 for ij in (11, 12, 21, 22))
    sizes = [template[f"TemplateImagePixelSize/{side}"].number(1e6) for side in ("width", "height")]
    scale = math.sqrt(abs(m11 * m22 - m12 * m21))
    if None in sizes and hole_binning:
        sizes = [scale * 1e6 * hole_binning] * 2

    def offset(place):
        shifts = [place[f"ShiftInPixels/{side}"].number() for side in ("width", "height")]
        if None in shifts or None in sizes or scale == 0:
            return None, None
        x, y = (shift * size for shift, size in zip(shifts, sizes))
        return -(m11 * x + m12 * y) / scale, -(m21 * x + m22 * y) / scale

    return offset

def session(root):
    """EpuSession.dm: the row of session, and the other tables: table -> key -> row."""
    sample = (listed(root["Samples"], "SampleXml") or [NOTHING])[0]
    template, presets = sample["TargetAreaTemplate"], Dictionary(sample["MicroscopeSettings"])
    offset = template_offset(template, presets["Hole"]["Acquisition/camera/Binning/x"].number())
    version = re.search(r"Version=((\d+)[\d.]*)", root.element.get(Z + "Assembly", ""))
    row = {
        "created_at": utc(root["StartDateTime"].text)[0], "sample_started_at": utc(sample["StartDateTime"].text)[0],
        "epu_version": version[1] if version and int(version[2]) >= 3 else None,
    } | read(root, """
        epu_name Name, clustering_mode ClusteringMode, clustering_radius_um ClusteringRadius,
        movie_format DoseFractionsOutputFormat, image_format ImageFileFormat, tilted TiltedAcquisitionEnabled,
        ice_thickness_enabled IceThicknessEnabled, tilt_angle_deg TiltAngle""") | read(sample, """
        atlas_id AtlasId, grid_type GridType, grid_geometry GridGeometry, carrier_kind SpecimenCarrierKind,
        carrier_type SpecimenCarrierType, nominal_hole_size_um HoleSize, nominal_hole_spacing_um HoleSpacing,
        hole_size_um FilterHolesSettings/HoleSize, hole_spacing_um FilterHolesSettings/HoleSpacing,
        hole_rotation_deg FilterHolesSettings/Rotation, ice_min_intensity FilterHolesSettings/MinimumIntensity,
        ice_max_intensity FilterHolesSettings/MaximumIntensity""") | read(template, """
        delay_after_image_shift_s DelayAfterImageShift, delay_after_stage_shift_s DelayAfterStageShift,
        maximum_image_shift_um MaximumImageShift, template_pixel_size_um TemplateImagePixelSize/width""") | read(
        template["PhysicalTransformation/matrix"], ",".join(f"template_m{ij} _m{ij}" for ij in (11, 12, 21, 22)))
    for name, place in ("autofocus", template["AutoFocusArea"]), ("drift", template["DriftStabilizationArea"]):
        row |= dict(zip((name + "_x_um", name + "_y_um"), offset(place)))
        row |= read(place, f"{name}_recurrence Recurrence, {name}_distance_um RecurrenceDistance")
    squares = sample["GridSquares/m_serializationArray"].children("KeyValuePair")
    areas = template["DataAcquisitionAreas/m_serializationArray"].children("KeyValuePairOfintDataAcquisitionArea")
    return row, {
        "storage_folder": {folder["DiscId"].integer(): read(folder, "path Path")
                           for folder in listed(root["StorageFolders"], "StorageFolderXml")},
        "preset": {key: preset(value) for key, value in presets.values.items()},
        "grid_square": {e["key"].integer(): read(e, "metadata_name value/FileName") for e in squares},
        "template_area": {e["key"].integer(): template_area(e["value"], offset) for e in areas},
    }

def template_area(value, offset):
    old = listed(value["ImageAcquisitionSettings"], "ImageAcquisitionSettingXml")  # EPU 1.2, 1.3
    setting = old[0] if old else value["ImageAcquisitionSettingXml"]
    return dict(zip(("offset_x_um", "offset_y_um"), offset(value))) | read(
        value, "shift_x_px ShiftInPixels/width, shift_y_px ShiftInPixels/height") | read(
        setting, "acquisition_setting Id, exposure_time_s ExposureTime") | {
        "defocus_um": [defocus.number(1e6) for defocus in listed(setting["Defocus"], "double")] or None}

def preset(value):
    optics, camera = value["Optics"], value["Acquisition/camera"]
    row = asked_of_camera(camera["CameraSpecificInput"]) | read(camera, CAMERA) | read(optics, OPTICS) | read(
        optics, BEAM + ", magnification_index TemMagnification/NominalMagnification, lens_mode ObjectiveLensMode")
    del row["camera_frames"]
    return row | {"c2_aperture_um": optics["Apertures/C2Aperture/Diameter"].number()}  # written in um

def grid_square(root):
    """GridSquare_<id>.dm: the row of grid_square, and the other tables: table -> key -> row."""
    row = {"metadata_name": None} | read(root, """
        stage_x_um Position/X, stage_y_um Position/Y, stage_z_um Position/Z, hole_spacing_um HoleSpacing,
        rotation_deg Rotation, state State, selected Selected, unusable Unusable, acquisition_order Order,
        image_name Image/BaseFileName""")
    vertices = listed(root["GridSquareShape/vertices"], "PointF")
    row["shape_px"] = [[vertex["x"].number(), vertex["y"].number()] for vertex in vertices] or None
    entries = [entry["value"] for collection in ("TargetLocationsEfficient", "TargetLocations")  # the latter: lacey
               for entry in root[f"TargetLocations/{collection}/m_serializationArray"].children("KeyValuePairOfint")]
    return row, targets_of([entry for entry in entries if not entry["FileName"].exists])

def targets_of(targets):
    planned = [data for target in targets for data in Dictionary(target["ParticleAcquisitions"]).values.values()]
    return {
        "foil_hole": {target["Id"].integer(): foil_hole(target) for target in targets},
        "planned_exposure": {data["Id"].integer(): read(data, """
            foil_hole TargetLocationId, area DataAcquisitionAreaId, acquisition_setting ImageAcquisitionSettingId,
            name Image/BaseFileName""") for data in planned},
    }

def foil_hole(target):
    corrected = target["CorrectedStagePosition"] if target["IsPositionCorrected"].text == "true" else NOTHING
    if corrected["X"].number() == corrected["Y"].number() == 0:
        corrected = NOTHING
    return read(corrected, "corrected_x_um X, corrected_y_um Y") | read(target, """
        grid_square GridSquareId, stage_x_um StagePosition/X, stage_y_um StagePosition/Y, stage_z_um StagePosition/Z,
        stage_alpha_deg StagePosition/A, stage_beta_deg StagePosition/B, position_corrected IsPositionCorrected,
        position_refined IsPositionRefined, image_x_px PixelCenter/x, image_y_px PixelCenter/y,
        width_px PixelWidthHeight/width, height_px PixelWidthHeight/height, state State, selected Selected,
        near_grid_bar IsNearGridBar, acquisition_order Order, quality Quality, cluster_x PositionInCluster/x,
        cluster_y PositionInCluster/y, beam_shift_id BeamShiftId, primary_hole PrimaryId,
        ice_intensity_mean FilterProperties/PixelIntensityMean, ice_thickness SmartIceThicknessResult,
        ice_intensity_stdev FilterProperties/PixelIntensityStDev, image_name Image/BaseFileName""")

def add(tables, table, folder, key, row):
    """What is not recorded replaces nothing."""
    there = tables[table].setdefault((folder, *key), dict(zip(KEYS[table], key)))
    there.update({column: value for column, value in row.items() if value is not None or column not in there})

def add_file(tables, folder, path):
    parent, file = os.path.split(path)
    stem, suffix = os.path.splitext(file)
    above = [SQUARE_ID.match(part) for part in parent.split(os.sep)]
    square = next((int(match[1]) for match in reversed(above) if match), None)
    if file == "EpuSession.dm":
        row, others = session(open_xml(path))
        add(tables, "session", folder, (), row)
    elif suffix == ".dm" and SQUARE_ID.match(stem):
        row, others = grid_square(open_xml(path))
        add(tables, "grid_square", folder, (int(SQUARE_ID.match(stem)[1]),), row)
    elif suffix == ".dm" and stem.startswith("TargetLocation_"):  # EPU before 2
        others = {"grid_square": {square: {}}} | targets_of([open_xml(path)])
    elif suffix in (".xml", ".jpg") and IMAGE.search(stem) and not (suffix == ".jpg" and DATA.search(stem)):
        others = add_image(tables, folder, stem, path if suffix == ".xml" else None, square)
    else:
        return
    for table, rows in others.items():
        for key, row in rows.items():
            add(tables, table, folder, (key,), row)

def add_image(tables, folder, name, path, square):
    """path: None if there is only a JPG. Returns what the image refers to: it may be known from nowhere else."""
    data, hole, root = DATA.search(name), HOLE.search(name), open_xml(path) if path else NOTHING
    row, custom = exposure(root)
    others, ids = {"grid_square": {square: {}} if square else {}}, {"grid_square": square}
    if data or hole:
        ids["foil_hole"] = int((data or hole)[1])
        others["foil_hole"] = {ids["foil_hole"]: foil_hole(NOTHING) | {"grid_square": square}}
    if data:
        ids |= {"area": int(data[2]), "third_number": int(data[3])}
        others["template_area"] = {ids["area"]: template_area(NOTHING, template_offset(NOTHING, None))}
        add(tables, "exposure", folder, (name, row["unique_id"]), row | ids)
    elif hole:
        add(tables, "hole_image", folder, (name,), hole_image(root) | ids)
    else:
        add(tables, "grid_square_image", folder, (name,), square_image(root) | ids)
    for key, value in custom.items():
        if key == "BinaryResult.Detector" and value.text == row["camera"] or key == "FindFoilHoleCenterResults" and hole:
            continue  # what columns have
        scalar = value.exists and len(value.element) == 0
        written = (value.element.text or "") if scalar else None
        add(tables, "custom_value", folder, (name, key), {"type": value.type, "value": written})
    return others

def finished(tables):
    """The rows, which name their session; with what exposures add to it."""
    names = {}
    for folder in {key[0]: None for rows in tables.values() for key in rows}:
        add(tables, "session", folder, (), session(NOTHING)[0])
        row = tables["session"][folder,]
        names[folder] = row["name"] = row["epu_name"] or os.path.basename(folder)
        exposures = [exposure for key, exposure in tables["exposure"].items() if key[0] == folder]
        for column in "instrument_id", "instrument_model", "epu_version":
            common = Counter(e[column] for e in exposures if e[column]).most_common(1)
            row[column] = row.get(column) or (common[0][0] if common else None)
    for folder, square in tables["grid_square"]:  # most have no file of their own
        add(tables, "grid_square", folder, (square,), grid_square(NOTHING)[0])
    return {table: [row if table == "session" else {"session": names[key[0]]} | row for key, row in rows.items()]
            for table, rows in tables.items()}

def main(folders):
    tables = {table: {} for table in KEYS}
    for given in map(os.path.realpath, folders):
        for parent, names, files in os.walk(given):
            names.sort()
            for path in (os.path.join(parent, file) for file in sorted(files)):
                # A session's folder holds Images-Disc<n>, Metadata or EpuSession.dm.
                above = re.match(r"(.*?)/(?:Images-Disc\d+/|Metadata/|EpuSession\.dm$)", path)
                add_file(tables, above[1] if above else given, path)
    json.dump(finished(tables), sys.stdout, indent=1, allow_nan=False)

if __name__ == "__main__":
    main(sys.argv[1:])
