"""What of an archive is exported as Parquet: queries, columns with types and units, and the state that a session is in."""

import contextlib
import hashlib
import marshal
import pathlib
import re
import sqlite3

import archive_schema
import pyarrow
import pyarrow.compute
from parquet_folder import Refusal

# Files that an older layout wrote are written again.
LAYOUT = 1

# Columns that schema.sql does not describe, or describes elsewhere: type and unit.
MORE_COLUMNS = {
    "session": ("TEXT", None), "root": ("TEXT", None), "started_at": ("TEXT", None), "ended_at": ("TEXT", None),
    "exposures": ("INTEGER", None), "overexposed": ("INTEGER", None), "not_compared": ("TEXT", None),
    "calibration": ("TEXT", None), "review": ("TEXT", None), "analysis_id": ("INTEGER", None),
    "optics_group": ("INTEGER", None), "x_um": ("REAL", "um"), "y_um": ("REAL", "um"), "pre_dose_e_per_a2": ("REAL", "e/A^2"),
    "unplanned_dose_e_per_a2": ("REAL", "e/A^2"),
}
# Rows of source_file, which is not exported.
LEFT_OUT = {"metadata_file_id", "image_file_id"}


def queries(schema: dict[str, archive_schema.Table]) -> dict[str, str]:
    """What is exported of a session, ?1: the SELECT of each table."""
    def all_of(table: str, alias: str) -> str:
        return ", ".join(f"{alias}.{name}" for name in schema[table].columns if name not in LEFT_OUT)

    session = ", ".join(f"s.{name}" for name in schema["session"].columns if name != "name")
    return {
        "exposures": f"""
            SELECT s.name AS session, {all_of("exposure", "e")}, g.optics_group, l.analysis_id, p.x_um, p.y_um,
                   d.dose_e_per_a2 AS pre_dose_e_per_a2, d.unplanned_dose_e_per_a2,
                   CASE WHEN p.placement_id IS NOT NULL AND u.exposure_id IS NULL
                        THEN o.exposure_id IS NOT NULL END AS overexposed,
                   r.verdict AS review
            FROM exposure e JOIN session s ON s.session_id = e.session_id
            LEFT JOIN optics_group_member m ON m.exposure_id = e.exposure_id
            LEFT JOIN optics_group g ON g.optics_group_id = m.optics_group_id
            LEFT JOIN (SELECT * FROM latest_analysis WHERE session_id = ?1) l ON l.session_id = e.session_id
            LEFT JOIN analysis a ON a.analysis_id = l.analysis_id
            LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                AND p.placement_id <= ifnull(a.last_placement_id, p.placement_id)  -- later ones were not judged
            LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id
            LEFT JOIN overexposure o ON o.analysis_id = l.analysis_id AND o.exposure_id = e.exposure_id
            LEFT JOIN undecided_exposure u ON u.analysis_id = l.analysis_id AND u.exposure_id = e.exposure_id
            LEFT JOIN review r ON r.exposure_id = e.exposure_id
            WHERE e.session_id = ?1 ORDER BY e.acquired_at, e.name, e.exposure_id""",
        "sessions": f"""
            SELECT s.name AS session, {session}, v.root, v.started_at, v.ended_at, v.exposures, v.overexposed, v.not_compared,
                   v.calibration
            FROM session s JOIN sessions v ON v.session_id = s.session_id WHERE s.session_id = ?1""",
        "calibrations": f"""
            SELECT s.name AS session, {all_of("calibration", "c")}
            FROM calibration c JOIN session s ON s.session_id = c.session_id
            WHERE c.session_id = ?1 ORDER BY c.calibration_id""",
        "overexposed": """
            SELECT s.session_id, o.* FROM session s JOIN overexposed o ON o.session = s.name
            WHERE s.session_id = ?1 ORDER BY o.later_id""",
        "incidents": """
            SELECT s.session_id, i.* FROM session s JOIN incidents i ON i.session = s.name
            WHERE s.session_id = ?1 ORDER BY i.incident""",
    }


def field(column: archive_schema.Column) -> pyarrow.Field:
    """The Parquet column: type by the STRICT schema, times by the name, and unit and comment as its metadata."""
    if column.type == "TEXT" and column.name.endswith("_at"):
        kind = pyarrow.timestamp("us", tz="UTC")
    else:
        kind = {"INTEGER": pyarrow.int64(), "REAL": pyarrow.float64(), "TEXT": pyarrow.string()}[column.type]
    said = {"unit": column.unit, "comment": column.comment}
    return pyarrow.field(column.name, kind, not column.is_required, {key: text for key, text in said.items() if text})


def array(values: tuple, kind: pyarrow.DataType) -> pyarrow.Array:
    """SQLite's values as Parquet's; of times, what is below a microsecond is cut off."""
    if not pyarrow.types.is_timestamp(kind):
        return pyarrow.array(values, kind)
    texts = pyarrow.compute.replace_substring_regex(pyarrow.array(values, pyarrow.string()), r"(\.\d{6})\d*Z$", r"\1Z")
    return texts.cast(kind)


class Archive:
    """The archive, read-only: what of it is exported, and in which state a session is."""

    def __init__(self, path: pathlib.Path):
        if not path.is_file():
            raise Refusal(f"There is no archive {path}.")
        self.connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=120, isolation_level=None)
        self.connection.text_factory = lambda text: text.decode("utf-8", "replace")
        self.schema = archive_schema.tables()
        self._check_version(path)
        self.queries = queries(self.schema)
        source = {"exposures": "exposure", "sessions": "session", "calibrations": "calibration"}
        self.fields = {
            table: pyarrow.schema([
                field(self._column(source.get(table, table), description[0]))
                for description in self.connection.execute(f"SELECT * FROM ({query}) LIMIT 0", (0,)).description
            ]) for table, query in self.queries.items()
        }

    def _check_version(self, path: pathlib.Path):
        try:
            [(version,)] = self.connection.execute("SELECT schema_version FROM archive_version")
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            version = 0
        except sqlite3.DatabaseError:  # no database at all
            version = 0
        known = int(re.search(r"schema version (\d+)", archive_schema.SCHEMA.read_text())[1])
        if version > known:
            raise Refusal(f"{path} has schema {version}, and this script knows {known}: use the one that came "
                                         "with the tools that wrote it.")
        if version < known:
            raise Refusal(f"{path} is no archive of schema {known}. If it is an older archive, run epu-analyze on "
                                         "it, which brings it up to date.")

    def _column(self, table: str, name: str) -> archive_schema.Column:
        described = self.schema[table].columns.get(name)
        if described and described.type and not self.schema[table].is_view:
            return described
        kind, unit = MORE_COLUMNS.get(name) or (described and described.type, described and described.unit)
        if not kind:
            kind = {"session_id": "INTEGER"}[name]
        return archive_schema.Column(name, kind, comment=described.comment if described else "", unit=unit)

    @contextlib.contextmanager
    def transaction(self):
        """What is read within it is of one moment. It keeps writers waiting where the archive is no WAL: let it be short."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    def sessions(self) -> dict[str, int]:
        """The sessions' numbers by name."""
        return dict(self.connection.execute("SELECT name, session_id FROM session ORDER BY name"))

    def partition(self, session_id: int) -> tuple[str | None, int | None]:
        """Instrument, and year of the first exposure, else of the session, UTC."""
        [(instrument, started_at)] = self.connection.execute(
            "SELECT s.instrument_id, ifnull(v.started_at, s.created_at) FROM session s JOIN sessions v USING (session_id) "
            "WHERE session_id = ?", (session_id,))
        return instrument, int(started_at[:4]) if started_at else None

    def state(self, session_id: int) -> str:
        """A digest of the layout and of all rows that are exported of a session."""
        digest = hashlib.blake2b(f"{LAYOUT} {self.fields}".encode(), digest_size=16)
        for query in self.queries.values():
            cursor = self.connection.execute(query, (session_id,))
            while rows := cursor.fetchmany(10_000):
                digest.update(marshal.dumps(rows, 2))  # later versions differ with what else refers to a value
        return digest.hexdigest()

    def rows(self, table: str, session_id: int) -> pyarrow.Table:
        """The rows of a table that are a session's."""
        schema = self.fields[table]
        cursor = self.connection.execute(self.queries[table], (session_id,))
        batches = []
        while rows := cursor.fetchmany(10_000):
            arrays = [array(values, column.type) for values, column in zip(zip(*rows), schema)]
            batches.append(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
        return pyarrow.Table.from_batches(batches, schema)
