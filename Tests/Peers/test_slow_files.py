"""A file system that answers late, as on a network: the tools ask many questions at once, however few processors there are."""

import os
import pathlib
import sqlite3
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

    def run(*arguments, tool="epu-ingest", **variables):
        report = folder / "report.txt"
        tools(tool, *arguments, cwd=folder, env={
            **os.environ, "LD_PRELOAD": str(library), "EPU_SLOW_FOLDER": str(folder / "session"),
            "EPU_SLOW_MICROSECONDS": str(MICROSECONDS), "EPU_SLOW_REPORT": str(report), **variables})
        return [int(word) for word in report.read_text().split()]

    run.folder = folder
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


def files_of(folder, name):
    """What an archive says of the files that it knows."""
    with sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True) as archive:
        return archive.execute("SELECT path, kind, status, size_bytes FROM source_file ORDER BY path").fetchall()


def test_folders_that_do_not_say_what_their_names_are_give_the_same(slow):
    """So do great folders on NFS, and some other file systems always."""
    folder = slow.folder
    slow("session", "--db", "told.db")
    _, together = slow("session", "--db", "untold.db", EPU_SLOW_UNKNOWN_TYPES="1")
    assert together >= 10
    told = files_of(folder, "told.db")
    assert len(told) > 200
    assert files_of(folder, "untold.db") == told


def test_links_are_asked_for_many_at_once(slow):
    """Facilities make folders of links for their users."""
    links = slow.folder / "links" / "Images-Disc1" / "GridSquare_7" / "Data"
    links.mkdir(parents=True)
    files = sorted((slow.folder / "session").rglob("FoilHole_*_Data_*"))
    for file in files:
        (links / file.name).symlink_to(file)
    _, together = slow(
        "links", "--db", "links.db", EPU_SLOW_FOLDER=str(slow.folder / "links"))
    assert together >= 10
    assert len(files_of(slow.folder, "links.db")) == len(files)


def test_montage_asks_for_the_pictures_of_several_pairs_at_once(slow, tools):
    tools("epu-simulate", slow.folder / "again", "--exposures", 200, "--repeated-hole", 2)
    for tool, arguments in (("epu-ingest", ["again"]), ("epu-analyze", [])):
        tools(tool, *arguments, "--db", "repeated.db", cwd=slow.folder)
    asked, together = slow(
        "montage", "--db", "repeated.db", "--jobs", 1, tool="epu-report", EPU_SLOW_FOLDER=str(slow.folder / "again"))
    assert asked > 20
    assert together >= 6


def test_a_sample_is_that_of_files_that_answer_at_once(slow, tools):
    """Files are read by many threads, in any order; names and noise are numbered in the order of the files."""
    tools("epu-ingest", "sample", "--images", "session", "at-once", cwd=slow.folder)
    slow("sample", "--images", "session", "late")
    files = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
             for folder in (slow.folder / "at-once", slow.folder / "late")]
    assert len(files[0]) > 200
    assert files[0] == files[1]
