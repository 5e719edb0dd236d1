"""Scripts/export_parquet.py: the files have what the archive has, with units, only what is new is written, and no end of it
leaves a folder that the next run does not complete."""

import datetime
import fcntl
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import pytest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "Scripts"
sys.path.insert(0, str(SCRIPTS))
import archive_schema  # noqa: E402
import parquet_folder  # noqa: E402

TABLES = ["exposures", "sessions", "calibrations", "overexposed", "incidents"]


def start(archive, out, *arguments, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, SCRIPTS / "export_parquet.py", archive, out, *arguments], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def export(archive, out, *arguments) -> list[str]:
    """The lines that it prints; it has to succeed."""
    process = start(archive, out, *arguments)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return output.splitlines()


def refusal(archive, out, *arguments) -> str:
    """The one sentence that it ends with."""
    process = start(archive, out, *arguments)
    _, errors = process.communicate()
    assert process.returncode == 1 and errors.count("\n") == 1, errors
    return errors.strip()


def read(out, table: str) -> list[dict]:
    """All rows of a table, by a reader of its own."""
    files = pyarrow.dataset.dataset(out / table, format="parquet", partitioning=pyarrow.dataset.partitioning(
        pyarrow.schema([("instrument", pyarrow.string()), ("year", pyarrow.string())]), flavor="hive"))
    return files.to_table().to_pylist()


def stored(archive, sql: str) -> list[dict]:
    connection = sqlite3.connect(archive)
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute(sql)]
    connection.close()
    return rows


def change(archive, *statements: str):
    connection = sqlite3.connect(archive)
    for statement in statements:
        assert connection.execute(statement).rowcount != 0, statement
    connection.commit()
    connection.close()


def plain(value):
    """A timestamp as the archive writes it, to the microsecond."""
    if isinstance(value, datetime.datetime):
        assert value.utcoffset() == datetime.timedelta(0)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return value


def same(rows: list[dict], expected: list[dict], key: str) -> bool:
    """Whether the rows are the expected ones, in what columns these have."""
    assert len(rows) == len(expected) and expected
    by_key = {row[key]: row for row in rows}
    for row in expected:
        for name, value in row.items():
            shown = by_key[row[key]][name]
            if isinstance(shown, datetime.datetime):
                value = re.sub(r"Z$", "", value)
                value = (value if "." in value else value + ".")[:26].ljust(26, "0")
            assert plain(shown) == value and type(plain(shown)) is type(value), (name, row[key], shown, value)
    return True


def files(out) -> dict[pathlib.Path, int]:
    """The files by when they were written."""
    return {file: file.stat().st_mtime_ns for file in out.rglob("*.parquet")}


def sessions_written(before: dict, after: dict) -> set[str]:
    return {file.stem for file in after if before.get(file) != after[file]}


def contents(out) -> dict[str, list[dict]]:
    return {table: sorted(read(out, table), key=repr) for table in TABLES}


@pytest.fixture(scope="module")
def exported(facility, tmp_path_factory) -> pathlib.Path:
    out = tmp_path_factory.mktemp("parquet")
    export(facility.path, out)
    return out


@pytest.fixture
def copy(facility, tmp_path) -> pathlib.Path:
    return shutil.copy(facility.path, tmp_path / "copy.db")


def test_what_came_after_the_analysis_is_not_called_good(copy, tmp_path):
    with sqlite3.connect(copy) as db:
        db.execute("UPDATE analysis SET last_placement_id = last_placement_id - 3 WHERE analysis_id = "
                   "(SELECT min(analysis_id) FROM latest_analysis)")
        [(analysis,)] = db.execute("SELECT min(analysis_id) FROM latest_analysis")
    export(copy, tmp_path / "out")
    rows = [row for row in read(tmp_path / "out", "exposures") if row["analysis_id"] == analysis]
    unknown = [row for row in rows if row["overexposed"] is None]
    assert len(unknown) == 3 and all(row["x_um"] is None for row in unknown)
    assert len(rows) > 3


def test_values_are_those_of_the_archive_and_null_stays_null(facility, exported):
    assert same(read(exported, "exposures"), [
        {name: value for name, value in row.items() if name not in ("metadata_file_id", "image_file_id")}
        for row in stored(facility.path, "SELECT * FROM exposure")], "exposure_id")
    assert same(read(exported, "exposures"), stored(
        facility.path, """
        SELECT exposure_id, session, optics_group, l.analysis_id, p.x_um, p.y_um, d.dose_e_per_a2 AS pre_dose_e_per_a2,
               exposure_id IN (SELECT later_id FROM overexposed) AS overexposed,
               (SELECT verdict FROM review WHERE review.exposure_id = exposures.exposure_id) AS review
        FROM exposures JOIN exposure USING (exposure_id) LEFT JOIN latest_analysis l USING (session_id)
        LEFT JOIN analysis a USING (analysis_id)
        LEFT JOIN placement p USING (placement_set_id, exposure_id) LEFT JOIN pre_exposure d USING (placement_id)
        """), "exposure_id")
    assert same(read(exported, "sessions"), stored(facility.path, "SELECT * FROM sessions"), "session_id")
    assert same(read(exported, "sessions"), [
        {"session": row.pop("name"), **row} for row in stored(facility.path, "SELECT * FROM session")], "session_id")
    assert same(read(exported, "calibrations"), stored(facility.path, "SELECT * FROM calibration"), "calibration_id")
    assert same(read(exported, "calibrations"), stored(facility.path, "SELECT * FROM calibrations"), "calibration_id")
    assert same(read(exported, "overexposed"), stored(facility.path, "SELECT * FROM overexposed"), "later_id")
    for row in stored(facility.path, "SELECT * FROM incidents"):
        assert same([shown for shown in read(exported, "incidents") if all(
            shown[key] == row[key] for key in ("analysis_id", "incident"))], [row], "incident")
    assert len(read(exported, "incidents")) == len(stored(facility.path, "SELECT * FROM incidents"))


def test_partitions_are_instrument_and_year_of_the_first_exposure(facility, exported):
    expected = {(row["session"], row["instrument_id"], row["started_at"][:4]) for row in stored(
        facility.path, "SELECT * FROM sessions")}
    assert {year for _, _, year in expected} == {"2024", "2025"} and len({i for _, i, _ in expected}) == 3
    for table in ["exposures", "sessions"]:
        assert {(row["session"], row["instrument"], row["year"]) for row in read(exported, table)} == expected


@pytest.mark.parametrize("table", TABLES)
def test_columns_have_their_types_and_units(exported, table):
    suffixes = {"_um": b"um", "_deg": b"deg", "_kv": b"kV", "_ev": b"eV", "_s": b"s", "_a": b"A", "_px": b"px", "_hz": b"Hz",
                "_na": b"nA", "_e_per_a2": b"e/A^2", "_e_per_px": b"e/px", "_e_per_px_s": b"e/px/s", "_minutes": b"min",
                "_us": b"us"}
    schemas = [pyarrow.parquet.read_schema(file) for file in (exported / table).rglob("*.parquet")]
    assert all(schema.equals(schemas[0]) for schema in schemas)
    for column in schemas[0]:
        assert (column.name.endswith("_at")) == (column.type == pyarrow.timestamp("us", tz="UTC")), column
        if column.type not in (pyarrow.float64(), pyarrow.int64()):
            continue
        ends = [suffix for suffix in suffixes if column.name.endswith(suffix)]
        if ends:
            assert (column.metadata or {}).get(b"unit") == suffixes[max(ends, key=len)], column.name


def test_units_of_columns_without_one_in_their_name_come_from_comments(exported):
    units = {column.name: (column.metadata or {}).get(b"unit") for table in ["exposures", "calibrations"]
             for column in pyarrow.parquet.read_schema(next((exported / table).rglob("*.parquet")))}
    for name, unit in {"beam_shift_x": b"beam-shift unit", "beam_shift_y": b"beam-shift unit",
                       "image_shift_y": b"beam-shift unit", "beam_tilt_y": b"rad", "image_to_stage_m22": b"um/px", "m21": b"um/beam-shift unit",
                       "m22_error": b"um/beam-shift unit", "scale": b"um/beam-shift unit", "g22": b"beam-shift unit",
                       "magnification": None, "grid_square": None, "singular_ratio": None, "stops": None}.items():
        assert units[name] == unit, name


def test_the_reader_of_schema_sql_sees_what_sqlite_sees():
    archive = sqlite3.connect(":memory:")
    archive.executescript(archive_schema.SCHEMA.read_text())
    described = archive_schema.tables()
    for kind, name in archive.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall():
        if name.startswith(("sqlite_", "placement_index")):
            continue
        columns = archive.execute(f"PRAGMA table_info({name})").fetchall()
        assert described[name].is_view == (kind == "view")
        assert list(described[name].columns) == [column[1] for column in columns]
        if kind == "table":
            for (_, column, type_, not_null, _, key) in columns:
                assert described[name].columns[column].type == type_
                assert described[name].columns[column].is_required >= bool(not_null), (name, column)
    archive.close()


def test_a_second_run_writes_nothing(facility, exported):
    before = files(exported)
    assert export(facility.path, exported) == ["0 sessions written, 9 as they were, 0 removed"]
    assert files(exported) == before


@pytest.mark.parametrize("statements", [
    ["INSERT INTO review SELECT max(exposure_id), 'bad', NULL, '2026-01-01T00:00:00.0000000Z' FROM exposures "
     "WHERE session = 's2'"],
    ["UPDATE exposure SET dose_e_per_a2 = dose_e_per_a2 + 0.001 WHERE exposure_id = "
     "(SELECT max(exposure_id) FROM exposures WHERE session = 's2')"],
    ["UPDATE exposure SET camera_model = NULL WHERE exposure_id = (SELECT min(exposure_id) FROM exposures WHERE session = 's2')"],
    ["UPDATE exposure SET acquired_at = '2025-01-09T00:00:00.0000000Z' WHERE exposure_id = "
     "(SELECT max(exposure_id) FROM exposures WHERE session = 's2')"],
    # Two exposures change their groups: no count and no sum is another.
    ["CREATE TEMP TABLE two AS SELECT m.exposure_id, m.optics_group_id FROM optics_group_member m "
     "JOIN exposures e USING (exposure_id) WHERE session = 's2' AND e.optics_group IN (1, 2) GROUP BY e.optics_group",
     "UPDATE optics_group_member SET optics_group_id = (SELECT optics_group_id FROM two WHERE "
     "two.exposure_id <> optics_group_member.exposure_id) WHERE exposure_id IN (SELECT exposure_id FROM two)"],
    ["DELETE FROM incident WHERE session_id = (SELECT session_id FROM sessions WHERE session = 's2')"],
    ["UPDATE calibration SET verdict = 'given' WHERE verdict = 'good' AND session_id = "
     "(SELECT session_id FROM sessions WHERE session = 's2')"],
    ["DELETE FROM exposure WHERE exposure_id = (SELECT max(exposure_id) FROM exposures WHERE session = 's2')"],
])
def test_of_sessions_one_that_changed_is_written_again_alone(copy, exported, tmp_path, statements):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    before = files(out)
    change(copy, *statements)
    assert export(copy, out)[-1] == "1 sessions written, 8 as they were, 0 removed"
    assert sessions_written(before, files(out)) == {"s2"}
    export(copy, tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_another_published_analysis_changes_positions_and_what_is_overexposed(facility, copy, exported, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    [(other,)] = facility.rows("SELECT max(analysis_id) FROM analyses WHERE session = 'first' AND NOT published")
    facility.tools("epu-analyze", "publish", other, "--db", copy)
    before = contents(out)
    assert export(copy, out)[-1].startswith("1 sessions written")
    assert {row["analysis_id"] for row in read(out, "exposures") if row["session"] == "first"} == {other}
    assert contents(out) != before
    export(copy, tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_session_that_left_and_one_that_moved_leave_no_file(copy, exported, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    connection = sqlite3.connect(copy)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("DELETE FROM session WHERE name = 'bare'")
    connection.execute("UPDATE session SET instrument_id = NULL WHERE name = 's1'")
    connection.execute("UPDATE session SET instrument_id = 'A/b=c %' WHERE name = 's3'")
    connection.commit()
    connection.close()
    (out / "exposures/instrument=3902/year=2025/notes.parquet").write_text("not by this script")
    assert export(copy, out)[-2:] == ["removed bare, which is no longer in the archive",
                                      "2 sessions written, 6 as they were, 1 removed"]
    (out / "exposures/instrument=3902/year=2025/notes.parquet").unlink()
    instruments = {row["session"]: row["instrument"] for row in read(out, "exposures")}
    assert "bare" not in instruments and instruments["s1"] is None and instruments["s3"] == "A/b=c %"
    assert len(list(out.rglob("s1.parquet"))) == len(TABLES) and not list(out.rglob("bare*"))
    assert len(read(out, "exposures")) == len(stored(copy, "SELECT 1 FROM exposure"))


def test_sessions_by_name_alone_are_written_and_none_is_removed(facility, copy, tmp_path):
    out = tmp_path / "out"
    assert export(facility.path, out, "--session", "s1", "--session", "old")[-1] == (
        "2 sessions written, 0 as they were, 0 removed")
    assert {row["session"] for row in read(out, "sessions")} == {"s1", "old"}
    change(copy, "UPDATE session SET name = 'renamed' WHERE name = 'old'")
    assert export(copy, out, "--session", "s2")[-1] == "1 sessions written, 0 as they were, 0 removed"
    assert {row["session"] for row in read(out, "sessions")} == {"s1", "old", "s2"}
    assert "no session nobody" in refusal(facility.path, out, "--session", "nobody")


@pytest.mark.parametrize("name", ["_hidden", ".dot", "a/../b", "täglich 1*[x]?", "%41", "A=b", "long " * 60])
def test_every_name_of_a_session_is_a_file_that_readers_see(copy, tmp_path, name):
    change(copy, f"UPDATE session SET name = '{name}' WHERE name = 's1'")
    out = tmp_path / "out"
    export(copy, out, "--session", name)
    assert {row["session"] for row in read(out, "exposures")} == {name}
    assert len(list((out / "exposures").glob("*/*/*.parquet"))) == 1
    assert export(copy, out, "--session", name) == ["0 sessions written, 1 as they were, 0 removed"]


def test_after_kill_9_at_any_moment_the_next_run_completes(facility, exported, tmp_path):
    """Ten times into one folder, later each time; every file that a reader sees is whole."""
    out = tmp_path / "out"
    began = time.monotonic()
    export(facility.path, tmp_path / "timed")
    took = time.monotonic() - began
    killed = 0
    for number in range(10):
        if number % 3 == 2:
            shutil.rmtree(out / "exposures", ignore_errors=True)
        process = start(facility.path, out)
        time.sleep(took * (number + 1) / 11)
        process.kill()
        process.communicate()
        killed += process.returncode == -9
        for file in out.rglob("*.parquet"):
            pyarrow.parquet.read_table(file, partitioning=None)
    assert killed >= 3, "it ended before it was killed"
    export(facility.path, out)
    assert contents(out) == contents(exported)
    assert not list(out.rglob("*.partial"))
    assert export(facility.path, out) == ["0 sessions written, 9 as they were, 0 removed"]


def test_a_file_that_is_broken_or_gone_is_written_again(facility, exported, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    [broken], [gone] = (out / "exposures").rglob("s1.parquet"), (out / "incidents").rglob("old.parquet")
    broken.write_bytes(broken.read_bytes()[:100])
    gone.unlink()
    assert export(facility.path, out)[-1] == "2 sessions written, 7 as they were, 0 removed"
    assert contents(out) == contents(exported)


def test_two_at_once_are_told_of_each_other(facility, tmp_path):
    folder = parquet_folder.ParquetFolder(tmp_path / "out")
    said = refusal(facility.path, tmp_path / "out")
    assert f"process {os.getpid()} on " in said and "wait until it has ended" in said
    fcntl.flock(folder._lock, fcntl.LOCK_UN)
    assert export(facility.path, tmp_path / "out")[-1].startswith("9 sessions written")


def test_a_full_disk_is_a_sentence_and_leaves_whole_files(facility, tmp_path):
    """On a file system of 300 kB of its own, which needs a namespace for mounts."""
    out = tmp_path / "small"
    out.mkdir()
    script = ('mount -t tmpfs -o size=300k tmpfs "$1" && "$2" "$3" "$4" "$1"; status=$?; find "$1" -name "*.partial"; '
              'exit $status')
    done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", out, sys.executable,
                           SCRIPTS / "export_parquet.py", facility.path], capture_output=True, text=True)
    if "unshare" in done.stderr:
        pytest.skip(f"needs a namespace: {done.stderr}")
    assert done.returncode == 1, done.stderr
    assert done.stderr == f"No space is left for {out}. What is written is whole; make room and run this again.\n"
    assert ".partial" not in done.stdout


def test_what_is_no_archive_of_this_version_is_refused(facility, copy, tmp_path):
    assert "There is no archive" in refusal(tmp_path / "none.db", tmp_path / "out")
    (tmp_path / "text.db").write_text("hello, this is no archive")
    assert "is no archive of schema" in refusal(tmp_path / "text.db", tmp_path / "out")
    connection = sqlite3.connect(copy)
    connection.executescript("DROP VIEW archive_version; CREATE VIEW archive_version AS SELECT 1000 AS schema_version")
    connection.close()
    assert "has schema 1000" in refusal(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_archive_is_left_alone(simulated, exported, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    before = files(out)
    assert "holds other sessions" in refusal(simulated.path, out)
    assert files(out) == before


def test_without_pyarrow_it_says_what_to_install(facility, tmp_path):
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError('no', name='pyarrow')")
    done = subprocess.run([sys.executable, SCRIPTS / "export_parquet.py", facility.path, tmp_path / "out"], text=True,
                          capture_output=True, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr == "This script needs pyarrow, which is not installed: python3 -m pip install pyarrow\n"


def test_a_writer_waits_for_one_session_at_the_most(facility, copy, tmp_path):
    """While all is exported a writer commits, and what it wrote last is in the files after the next run."""
    process = start(copy, tmp_path / "out")
    longest, number = 0.0, 0
    while process.poll() is None:
        began = time.monotonic()
        connection = sqlite3.connect(copy, timeout=60)
        number += 1
        connection.execute("UPDATE exposure SET defocus_um = ? WHERE session_id = 1", (number,))
        connection.commit()
        connection.close()
        longest = max(longest, time.monotonic() - began)
    assert process.returncode == 0, process.stderr.read()
    assert number > 3 and longest < 5
    export(copy, tmp_path / "out")
    assert {row["defocus_um"] for row in read(tmp_path / "out", "exposures") if row["session_id"] == 1} == {number}
