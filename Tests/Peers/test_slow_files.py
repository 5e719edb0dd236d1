"""A file system that answers late, as on a network: the tools ask many questions at once, however few processors there are."""

import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks/SlowFiles/slow_files.c"
# Late enough that threads which wait, do so together.
MICROSECONDS = 2000


@pytest.fixture(scope="module")
def slow(tools, tmp_path_factory):
    """Runs a tool on a session whose files answer late; returns how many questions it asked, and how many of them at once."""
    folder = tmp_path_factory.mktemp("slow").resolve()
    library = folder / "slow_files.so"
    subprocess.run(["clang", "-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", library, SOURCE], check=True)
    tools("epu-simulate", folder / "session", "--exposures", 120)

    def run(*arguments):
        report = folder / "report.txt"
        tools("epu-ingest", *arguments, cwd=folder, env={
            **os.environ, "LD_PRELOAD": str(library), "EPU_SLOW_FOLDER": str(folder / "session"),
            "EPU_SLOW_MICROSECONDS": str(MICROSECONDS), "EPU_SLOW_REPORT": str(report)})
        return [int(word) for word in report.read_text().split()]

    return run


def test_ingest_has_as_many_questions_under_way_as_jobs_says(slow):
    asked, together = slow("session", "--db", "one.db", "--jobs", 1)
    assert asked > 300
    # The next files are looked for while others are read.
    assert together <= 2
    asked, together = slow("session", "--db", "forty.db", "--jobs", 40)
    assert asked > 300
    assert 40 <= together <= 80


def test_looking_for_what_is_new_asks_many_at_once_and_reads_nothing(slow):
    slow("session", "--db", "again.db")
    asked, together = slow("session", "--db", "again.db")
    assert asked > 200
    assert together >= 10


def test_check_asks_many_at_once(slow):
    slow("session", "--db", "checked.db")
    asked, together = slow("check", "--db", "checked.db")
    assert asked > 200
    assert together >= 10
