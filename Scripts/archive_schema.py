"""What schema.sql says of the archive's tables and views: descriptions, columns, their types, comments and units."""

import dataclasses
import pathlib
import re
import sqlite3

SCHEMA = pathlib.Path(__file__).resolve().parents[1] / "schema.sql"

# The end of a column's name, the longest first, and the unit of its numbers.
UNITS_OF_NAMES = {
    "_e_per_px_s": "e/px/s", "_e_per_px": "e/px", "_e_per_a2": "e/A^2", "_minutes": "min", "_per_hour": "1/h", "_hours": "h",
    "_bytes": "byte", "_um": "um", "_deg": "deg", "_kv": "kV", "_ev": "eV", "_na": "nA", "_hz": "Hz", "_px": "px", "_ns": "ns",
    "_us": "us", "_a": "A", "_s": "s",
}
# What comments call the units of columns whose names have none.
UNITS_OF_COMMENTS = [
    (r"um per unbinned pixel", "um/px"), (r"um per (beam-shift )?unit", "um/beam-shift unit"),
    (r"squared beam-shift units", "beam-shift unit^2"), (r"beam-shift units|units as beam shift", "beam-shift unit"),
    (r"radian", "rad"),
]


@dataclasses.dataclass
class Column:
    """A column of a table or view; the type is STRICT's, and empty in a view."""

    name: str
    type: str = ""
    is_required: bool = False
    comment: str = ""
    unit: str | None = None


@dataclasses.dataclass
class Table:
    """A table or view, with the comment above it."""

    name: str
    is_view: bool
    description: str
    columns: dict[str, Column]


def unit_of(name: str, comment: str) -> str | None:
    """The unit of a column of numbers, by the end of its name, else by its comment; None: it has none."""
    for suffix, unit in UNITS_OF_NAMES.items():
        if name.endswith(suffix):
            return unit
    for pattern, unit in UNITS_OF_COMMENTS:
        if re.search(pattern, comment):
            return unit
    return None


def _family(name: str) -> str:
    """What is alike in the names of one quantity's components: beam_shift_x and beam_shift_y, m11_error and m22_error."""
    return re.sub(r"(?<![a-z])([xy]|[mg]\d\d)(?![a-z])", "*", name)


def _table_columns(lines: list[str]) -> dict[str, Column]:
    """The columns of CREATE TABLE's lines. A comment behind a column may go on below it; one above columns is of them all."""
    columns: dict[str, Column] = {}
    commented, above, last = set(), "", None
    for line in lines:
        found = re.match(r"    (\w+)\s+(INTEGER|REAL|TEXT)\b(.*?)(?:\s--\s*(.*))?$", line)
        if found:
            last, kind, constraints, comment = found.groups()
            if comment:
                commented.add(last)
                above = ""
            is_required = "NOT NULL" in constraints or "PRIMARY KEY" in constraints
            columns[last] = Column(last, kind, is_required, comment or above)
        elif further := re.match(r"(\s+)--\s*(.*)$", line):
            if len(further[1]) > 4 and last:
                columns[last].comment += " " + further[2]
            else:
                above = f"{above} {further[2]}".strip()
    previous = None
    for column in columns.values():
        if column.type != "TEXT":
            column.unit = unit_of(column.name, column.comment)
            is_component = previous and column.name not in commented and _family(column.name) == _family(previous.name)
            if column.unit is None and is_component:
                column.unit = previous.unit
        previous = column
    return columns


def _view_columns(names: list[str], text: str, tables: dict[str, Table]) -> dict[str, Column]:
    """The columns of a view: described by a comment behind AS name, else as the column of a table that it shows."""
    source_of = {}
    for table, alias in re.findall(r"(?:FROM|JOIN) (\w+)(?: (?:AS )?([a-z]\w*))?", text):
        if table in tables:
            source_of.setdefault(alias or table, tables[table].columns)
    found: dict[str, Column] = {}
    for alias, column, name in re.findall(r"(?<!\|\| )\b(\w+)\.(\w+|\*)(?: AS (\w+))?", text):
        shown = source_of.get(alias, {})
        for shown_name in shown if column == "*" else [column]:
            if shown_name in shown:
                name_here = name or shown_name
                found.setdefault(name_here, dataclasses.replace(shown[shown_name], name=name_here))
    for name, comment in re.findall(r"AS (\w+),?[ ]*--[ ]*(.*)", text):
        found[name] = Column(name, comment=comment)
    return {name: found.get(name, Column(name)) for name in names}


def tables(schema: pathlib.Path = SCHEMA) -> dict[str, Table]:
    """Tables and views by name, in the order of schema.sql."""
    found: dict[str, Table] = {}
    description: list[str] = []
    text = schema.read_text(encoding="utf-8")
    archive = sqlite3.connect(":memory:")
    archive.executescript(text)
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if created := re.match(r"CREATE (TABLE|VIEW|VIRTUAL TABLE) (\w+)", line):
            body = []
            while not lines[index - 1].split("--")[0].rstrip().endswith(";"):
                body.append(lines[index])
                index += 1
            kind, name = created.groups()
            is_view = kind == "VIEW"
            if is_view:
                names = [row[1] for row in archive.execute(f"PRAGMA table_info({name})")]
                columns = _view_columns(names, "\n".join(body), found)
            else:
                columns = _table_columns(body)
            found[name] = Table(name, is_view, " ".join(description), columns)
            description = []
        elif line.startswith("-- "):
            description.append(line[3:])
        else:
            description = []
    archive.close()
    return found
