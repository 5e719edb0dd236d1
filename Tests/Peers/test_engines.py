"""The archive means the same in SQLite, DuckDB, Datasette, pandas and polars, and Parquet the same as the archive.

The blocks of Documentation/engines.md are run here as they stand."""

import json
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import adbc_driver_sqlite.dbapi
import duckdb
import duckdb_extension_sqlite_scanner
import pandas
import polars
import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = PROJECT / "Scripts"
sys.path.insert(0, str(SCRIPTS))
import documented_questions  # noqa: E402

VIEWS = re.findall(r"^CREATE VIEW (\w+)", (PROJECT / "schema.sql").read_text(), re.MULTILINE)
TABLES = [name for name in re.findall(r"^CREATE TABLE (\w+)", (PROJECT / "schema.sql").read_text(), re.MULTILINE)]
PARQUET = ["exposures", "sessions", "calibrations", "overexposed", "incidents"]


def ordered(rows) -> list[list]:
    """Rows in an order that NULL has a place in; pandas' NA is NULL."""
    plain = [[None if value is pandas.NA else value for value in row] for row in rows]
    return sorted(plain, key=lambda row: [(value is not None, isinstance(value, str), value or 0) for value in row])


def same(rows, expected) -> bool:
    rows, expected = ordered(rows), ordered(expected)
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected):
        # True is 1, and 1 is 1.0, but "1" is neither.
        assert row == wanted, [pair for pair in zip(row, wanted) if pair[0] != pair[1]]
    return True


@pytest.fixture(scope="module")
def epu(facility, tmp_path_factory) -> pathlib.Path:
    """The archive as the documentation names it, epu.db, beside its Parquet files."""
    folder = tmp_path_factory.mktemp("engines")
    shutil.copy(facility.path, folder / "epu.db")
    subprocess.run([sys.executable, SCRIPTS / "export_parquet.py", folder / "epu.db", folder / "parquet"], check=True)
    return folder / "epu.db"


@pytest.fixture(scope="module")
def archive(epu):
    connection = sqlite3.connect(f"file:{epu}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def attached(epu):
    """DuckDB with the archive, its extension from the package and nothing downloaded."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    [extension] = pathlib.Path(duckdb_extension_sqlite_scanner.__file__).parent.rglob("*.duckdb_extension")
    connection.load_extension(str(extension))
    connection.execute(f"ATTACH '{epu}' AS epu (TYPE sqlite, READ_ONLY)")
    connection.execute("USE epu")
    yield connection
    connection.close()


def python_blocks(heading: str) -> list[str]:
    text = (PROJECT / "Documentation/engines.md").read_text()
    section = re.split(r"(?m)^## ", text.split(f"## {heading}\n", 1)[1])[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def run_block(block: str, folder: pathlib.Path, monkeypatch) -> dict:
    """What a block of the documentation leaves behind, run beside the archive."""
    monkeypatch.chdir(folder)
    names: dict = {}
    exec(compile(block, "Documentation/engines.md", "exec"), names)
    return names


def test_most_views_have_rows_to_compare(archive):
    empty = {view for view in VIEWS if not archive.execute(f"SELECT 1 FROM {view} LIMIT 1").fetchone()}
    assert empty <= {"possibly_overexposed", "all_possibly_overexposed"}
    assert archive.execute("SELECT 1 FROM sessions WHERE not_compared LIKE '%,%,%'").fetchone()
    assert archive.execute("SELECT 1 FROM analyses WHERE criteria LIKE '%field%certainty%within%'").fetchone()
    assert archive.execute("SELECT 1 FROM analyses WHERE compared IS NOT NULL").fetchone()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_same_rows_in_duckdb(archive, attached, view):
    assert same(attached.execute(f"SELECT * FROM {view}").fetchall(), archive.execute(f"SELECT * FROM {view}").fetchall())


def test_duckdb_lists_all_tables(attached):
    assert {name for (name,) in attached.execute("SHOW TABLES").fetchall()} >= {*VIEWS, *TABLES}


def test_duckdb_counts_tables_without_rowid_by_a_column(archive, attached):
    with pytest.raises(duckdb.Error, match="ROWID"):
        attached.execute("SELECT count(*) FROM foil_hole").fetchall()
    assert attached.execute("SELECT count(session_id) FROM foil_hole").fetchall() == (
        archive.execute("SELECT count(*) FROM foil_hole").fetchall())


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_same_rows_in_pandas_polars_and_adbc(epu, archive, view):
    sql = f"SELECT * FROM {view}"
    expected = archive.execute(sql).fetchall()
    in_pandas = pandas.read_sql(sql, archive, dtype_backend="numpy_nullable")
    assert same(in_pandas.astype(object).values.tolist(), expected)
    assert same(polars.read_database(sql, archive, infer_schema_length=None).rows(), expected)
    with adbc_driver_sqlite.dbapi.connect(f"file:{epu}?mode=ro") as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "100000000"})
        cursor.execute(sql)
        assert same(polars.from_arrow(cursor.fetch_arrow_table()).rows(), expected)


def test_a_column_that_begins_with_many_nulls_is_read_by_the_recipes(tmp_path, monkeypatch):
    """A view named exposures in a file named epu.db, whose first 3000 rows know nothing."""
    connection = sqlite3.connect(tmp_path / "epu.db")
    connection.executescript("""
        CREATE TABLE seen (acquired_at TEXT, text TEXT, number REAL, id INTEGER) STRICT;
        CREATE VIEW exposures AS SELECT acquired_at, text || '' AS text, number, id FROM seen;
        """)
    connection.executemany("INSERT INTO seen VALUES (?, ?, ?, ?)", [("2025-01-08T15:15:28.8843918Z", None, None, None)] * 3000)
    connection.execute("INSERT INTO seen VALUES ('2025-01-08T15:15:28.8843918Z', 'a', 0.5, 9007199254740993)")
    connection.commit()
    connection.close()
    recipes = python_blocks("pandas") + python_blocks("polars")
    assert len(recipes) == 3
    for block in recipes:
        read = run_block(block, tmp_path, monkeypatch)["exposures"]
        columns = [read[name].to_list() for name in ["text", "number", "id"]]
        assert [column[-1] for column in columns] == ["a", 0.5, 9007199254740993]
        assert all(pandas.isna(value) for column in columns for value in column[:-1])


def test_the_recipe_for_duckdb_opens_the_archive(epu, archive, monkeypatch):
    [block] = python_blocks("DuckDB")
    rows = run_block(block, epu.parent, monkeypatch)["rows"]
    assert same(rows, archive.execute("SELECT session, exposures, overexposed FROM sessions").fetchall())


@pytest.fixture(scope="module")
def on_parquet(epu):
    """DuckDB with views of the Parquet files, as the documentation makes them."""
    monkeypatch = pytest.MonkeyPatch()
    [block] = python_blocks("Parquet")
    connection = run_block(block, epu.parent, monkeypatch)["connection"]
    yield connection
    connection.close()
    monkeypatch.undo()


@pytest.mark.parametrize("title", documented_questions.portable())
def test_a_question_has_the_same_answer_in_sqlite_and_duckdb_on_the_archive_and_on_parquet(
        archive, attached, on_parquet, title):
    sql = documented_questions.portable()[title]
    expected = archive.execute(sql).fetchall()
    assert same(attached.execute(sql).fetchall(), expected)
    assert same(on_parquet.execute(sql).fetchall(), expected)


def test_questions_have_answers(archive):
    answered = [title for title, sql in documented_questions.portable().items() if archive.execute(sql).fetchall()]
    assert len(answered) >= 6 and len(documented_questions.portable()) == 7


def test_duckdb_reads_a_partition_that_is_not_known_as_null(facility, tmp_path, monkeypatch):
    shutil.copy(facility.path, tmp_path / "epu.db")
    connection = sqlite3.connect(tmp_path / "epu.db")
    connection.execute("UPDATE session SET instrument_id = NULL WHERE name = 's1'")
    connection.commit()
    connection.close()
    subprocess.run([sys.executable, SCRIPTS / "export_parquet.py", tmp_path / "epu.db", tmp_path / "parquet"], check=True)
    [block] = python_blocks("Parquet")
    connection = run_block(block, tmp_path, monkeypatch)["connection"]
    found = connection.execute("SELECT session, instrument, year FROM sessions WHERE session IN ('s1', 's2')").fetchall()
    assert same(found, [("s1", None, "2025"), ("s2", "3902", "2025")])


@pytest.fixture(scope="module")
def datasette(epu):
    """The address of a Datasette that serves the archive with the metadata of Scripts/datasette_metadata.py."""
    metadata = epu.parent / "metadata.json"
    with open(metadata, "w") as file:
        subprocess.run([sys.executable, SCRIPTS / "datasette_metadata.py", epu], stdout=file, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "datasette", "serve", epu, "--metadata", metadata, "--host", "127.0.0.1", "--port", str(port),
         "--setting", "max_returned_rows", "100000"], stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/-/versions.json").read()
            break
        except urllib.error.URLError:
            time.sleep(0.2)
    yield address
    server.terminate()
    server.communicate()


def answered(address: str) -> bytes:
    """The body of a page, which has to have status 200."""
    with urllib.request.urlopen(address) as answer:
        assert answer.status == 200
        return answer.read()


@pytest.mark.parametrize("name", TABLES + VIEWS)
def test_datasette_shows_every_table_and_view_with_its_description(datasette, name):
    page = answered(f"{datasette}/epu/{name}").decode()
    assert name in page
    rows = json.loads(answered(f"{datasette}/epu/{name}.json?_size=1&_shape=objects"))["rows"]
    for key in rows[:1]:
        assert isinstance(key, dict)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_same_rows_in_the_json_of_datasette(datasette, archive, view):
    sql = urllib.parse.urlencode({"sql": f"SELECT * FROM {view}", "_shape": "arrays"})
    assert same(json.loads(answered(f"{datasette}/epu.json?{sql}"))["rows"], archive.execute(f"SELECT * FROM {view}").fetchall())


def test_datasette_answers_the_documented_questions(datasette, archive):
    queries = json.loads(answered(f"{datasette}/epu.json"))["queries"]
    assert {query["sql"] for query in queries} == set(documented_questions.documented().values()) and len(queries) == 12
    for query in queries:
        answered(f"{datasette}/epu/{query['name']}")
        rows = json.loads(answered(f"{datasette}/epu/{query['name']}.json?_shape=arrays"))["rows"]
        assert same(rows, archive.execute(query["sql"]).fetchall())


def test_datasette_hides_the_tables_of_the_rtree_and_has_descriptions(datasette):
    tables = {table["name"]: table for table in json.loads(answered(f"{datasette}/epu.json"))["tables"]}
    assert {name for name, table in tables.items() if table["hidden"]} == {
        "placement_index_node", "placement_index_parent", "placement_index_rowid", "sqlite_sequence"}
    page = answered(f"{datasette}/epu/exposure").decode()
    assert "Angstrom per pixel of the stored image" in page
    assert "EpuSession.dm says" in answered(f"{datasette}/epu/session").decode()
    assert "as far as could be told" in answered(f"{datasette}/epu/sessions").decode()
