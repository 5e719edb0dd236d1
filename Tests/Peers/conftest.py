"""What all tests with other programs need: the built tools, by EPU_TOOLS, their folder, and archives made with them."""

import json
import os
import pathlib
import sqlite3
import subprocess

import pytest

MORADO = pathlib.Path(__file__).resolve().parents[3] / "shared/data/morado"


@pytest.fixture(scope="session")
def tools():
    """Runs a tool and returns what it prints; a status other than 0 fails the test."""
    folder = pathlib.Path(os.environ["EPU_TOOLS"]).absolute()

    def run(tool, *arguments, **options):
        done = subprocess.run([folder / tool, *map(str, arguments)], capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


class Archive:
    """An archive in a folder of its own, in which the tools run."""

    def __init__(self, folder: pathlib.Path, tools):
        self.folder = folder
        self.path = folder / "archive.db"
        self.tools = tools

    def run(self, tool: str, *arguments) -> str:
        return self.tools(tool, *arguments, cwd=self.folder, env={**os.environ, "EPU_ARCHIVE": str(self.path)})

    def json(self, tool: str, *arguments):
        return json.loads(self.run(tool, *arguments, "--json"))

    def rows(self, sql: str) -> list[tuple]:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


@pytest.fixture(scope="session")
def simulated(tools, tmp_path_factory) -> Archive:
    """900 exposures under AFIS, of which some were shot twice; analysed."""
    archive = Archive(tmp_path_factory.mktemp("simulated"), tools)
    archive.run("epu-simulate", "session", "--no-images", "--exposures", 900, "--unmoved-stage", 1, "--wrong-centre", 1,
                "--repeated-hole", 2, "--partial-overlap", 2)
    archive.run("epu-ingest", "session")
    archive.run("epu-analyze")
    return archive


@pytest.fixture(scope="session")
def morado(tools, tmp_path_factory) -> Archive:
    """The real session of EPU_group_AFIS, 189 exposures in 63 holes; analysed."""
    if not MORADO.exists():
        pytest.skip("needs the real EPU files of ../shared/data, which are not here")
    archive = Archive(tmp_path_factory.mktemp("morado"), tools)
    archive.run("epu-ingest", MORADO)
    archive.run("epu-analyze")
    return archive


@pytest.fixture(scope="session")
def facility(tools, tmp_path_factory) -> Archive:
    """Nine sessions of three microscopes and two years: some on one grid, some said to be, one without EpuSession.dm.

    Analysed by several criteria, and reviewed in part; three files are broken."""
    archive = Archive(tmp_path_factory.mktemp("facility"), tools)
    for number in range(1, 5):
        archive.run("epu-simulate", f"s{number}", "--no-images", "--exposures", 120, "--seed", number, "--repeated-hole", 2)
    archive.run("epu-simulate", "first", "--no-images", "--exposures", 200, "--seed", 9, "--unmoved-stage", 1,
                "--wrong-centre", 1, "--second-session", "--second-fraction", 0.3)
    archive.run("epu-simulate", "bare", "--no-images", "--no-dm", "--exposures", 120, "--seed", 11)
    archive.run("epu-simulate", "old", "--no-images", "--exposures", 120, "--seed", 12, "--epu-version", "1.10",
                "--start", "2024-12-31T23:30:00Z")
    archive.run("epu-simulate", "other", "--exposures", 60, "--seed", 13, "--instrument", "4711", "--partial-overlap", 2)
    for broken in sorted((archive.folder / "s1").rglob("FoilHole*_Data_*.xml"))[:3]:
        broken.write_text("<x")
    for folder in ["s1", "s2", "s3", "s4", "first", "first-second", "bare", "old", "other"]:
        archive.run("epu-ingest", folder)
    for other in ["s2", "s3", "s4"]:
        archive.run("epu-analyze", "same-grid", "s1", other)
    archive.run("epu-analyze")
    archive.run("epu-analyze", "overlaps", "--radius", 0.2)
    archive.run("epu-analyze", "overlaps", "--within-session", "--certainty", 0.9, "--min-field-overlap", 0.1)
    archive.run("epu-analyze", "overlaps", "--session", "first", "--k", 25)
    [(name,), *_] = archive.rows("SELECT name FROM overexposed WHERE session = 'first' ORDER BY name")
    archive.run("epu-analyze", "review", name, "--keep", "--reason", "looked at", "--session", "first")
    return archive
