"""Builds an archive of a facility's size by merging simulated sessions into it, and measures what it costs to use.

    bench_archive.py TOOLS FOLDER [--sessions 10000] [--exposures 2000] [--runs 5]

TOOLS is the folder of the built tools, FOLDER where the archives are kept (35 GB for 20 million exposures). A merge that was
interrupted goes on where it was. Every session is one of twenty that were simulated, read and analysed, under another name.
"""

import argparse
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import time

DIFFERENT = 20


def run(tools: pathlib.Path, tool: str, *arguments, archive: pathlib.Path, folder: pathlib.Path) -> float:
    """Runs a tool to its end and returns its wall time, s."""
    began = time.monotonic()
    subprocess.run([tools / tool, *map(str, arguments)], check=True, capture_output=True, cwd=folder,
                   env={**os.environ, "EPU_ARCHIVE": str(archive)})
    return time.monotonic() - began


def make_base(tools: pathlib.Path, folder: pathlib.Path, exposures: int) -> pathlib.Path:
    base = folder / f"base-{exposures}.db"
    if base.exists():
        return base
    made = folder / "base.partial.db"
    made.unlink(missing_ok=True)
    names = [f"s{number}" for number in range(DIFFERENT)]
    for number, name in enumerate(names):
        run(tools, "epu-simulate", name, "--no-images", "--exposures", exposures, "--unmoved-stage", 1, "--wrong-centre", 1,
            "--repeated-hole", 2, "--seed", number + 1, archive=made, folder=folder)
    run(tools, "epu-ingest", *names, archive=made, folder=folder)
    run(tools, "epu-analyze", archive=made, folder=folder)
    for name in names[1:]:
        shutil.rmtree(folder / name)
    made.rename(base)
    return base


def make_shard(base: pathlib.Path, shard: pathlib.Path, number: int) -> None:
    """Writes the base's sessions under other names, as other sessions with other exposures."""
    shutil.copy(base, shard)
    db = sqlite3.connect(shard)
    db.execute("PRAGMA synchronous = OFF")
    year = 2016 + number % 10
    # The figures of sessions are the same, and would have to be made again after each change.
    db.execute("CREATE TEMP TABLE kept AS SELECT * FROM session_figures")
    with db:
        db.execute("UPDATE session SET name = name || '-' || ?1, epu_name = name || '-' || ?1, grid = grid || ' ' || ?1, "
                   "instrument_id = 3000 + ?1 % 7, created_at = ?2 || substr(created_at, 5)", (number, year))
        db.execute("UPDATE placement_set SET grid = grid || ' ' || ?", (number,))
        db.execute("UPDATE session_root SET path = path || '-' || ?", (number,))
        db.execute("UPDATE exposure SET unique_id = unique_id || '-' || ?1, instrument_id = 3000 + ?1 % 7, "
                   "acquired_at = ?2 || substr(acquired_at, 5)", (number, year))
        db.execute("INSERT INTO session_figures SELECT * FROM kept")
        db.execute("UPDATE session_figures SET started_at = ?1 || substr(started_at, 5), ended_at = ?1 || substr(ended_at, 5)",
                   (year,))
    db.close()


def build(tools: pathlib.Path, folder: pathlib.Path, base: pathlib.Path, sessions: int) -> pathlib.Path:
    big = folder / "big.db"
    shard = folder / "shard.db"
    have = 0
    if big.exists():
        db = sqlite3.connect(f"file:{big}?mode=ro", uri=True)
        have = db.execute("SELECT count(*) FROM session").fetchone()[0] // DIFFERENT
        db.close()
    began, merging = time.monotonic(), 0.0
    for number in range(have, sessions // DIFFERENT):
        make_shard(base, shard, number)
        merging += run(tools, "epu-ingest", "merge", shard, archive=big, folder=folder)
        if number % 25 == 24:
            print(f"  {(number + 1) * DIFFERENT} sessions, {big.stat().st_size / 1e9:.1f} GB, "
                  f"{time.monotonic() - began:.0f} s, of which merging {merging:.0f} s", flush=True)
    shard.unlink(missing_ok=True)
    return big


def views(big: pathlib.Path) -> list[tuple[str, float]]:
    """The time of each view for one session, s."""
    db = sqlite3.connect(f"file:{big}?mode=ro", uri=True)
    name = db.execute("SELECT name FROM session ORDER BY session_id DESC LIMIT 1 OFFSET 7").fetchone()[0]
    times = []
    for (view,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").fetchall():
        if "session" in [row[1] for row in db.execute(f"PRAGMA table_info({view})")]:
            began = time.monotonic()
            db.execute(f"SELECT * FROM {view} WHERE session = ?", (name,)).fetchall()
            times.append((view, time.monotonic() - began))
    db.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tools", type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("folder", type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--exposures", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    tools, folder = options.tools, options.folder
    folder.mkdir(parents=True, exist_ok=True)

    base = make_base(tools, folder, options.exposures)
    big = build(tools, folder, base, options.sessions)
    print(f"archive: {options.sessions} sessions of {options.exposures} exposures, {big.stat().st_size / 1e9:.1f} GB")

    slowest = sorted(views(big), key=lambda pair: -pair[1])
    print("view of one session, slowest first: " + ", ".join(f"{name} {1000 * took:.0f} ms" for name, took in slowest[:4]))

    for arguments in (("epu-analyze", "list"), ("epu-report", "summary"), ("epu-report", "compare", "--html", "--out", "page")):
        times = [run(tools, *arguments, archive=big, folder=folder) for _ in range(options.runs)]
        print(f"{' '.join(arguments[:3])}: {statistics.median(times):.2f} s")

    # The same session into the big archive and into an empty one, in turn.
    session = folder / "new"
    if not session.exists():
        run(tools, "epu-simulate", session, "--no-images", "--exposures", options.exposures, "--unmoved-stage", 1, "--seed", 99,
            archive=big, folder=folder)
    ratios: dict[str, list[tuple[float, float]]] = {"ingest": [], "analyze": []}
    for _ in range(options.runs):
        empty = folder / "empty.db"
        empty.unlink(missing_ok=True)
        took = {}
        for archive in (empty, big):
            took["ingest", archive] = run(tools, "epu-ingest", session, archive=archive, folder=folder)
            took["analyze", archive] = run(tools, "epu-analyze", "--session", "new", archive=archive, folder=folder)
        for step, pairs in ratios.items():
            pairs.append((took[step, empty], took[step, big]))
        run(tools, "epu-ingest", "remove", "new", archive=big, folder=folder)
    for step, pairs in ratios.items():
        alone, beside = (statistics.median(times) for times in zip(*pairs))
        print(f"{step} of one session: {alone:.2f} s into an empty archive, {beside:.2f} s into this one, "
              f"{statistics.median(b / a for a, b in pairs):.2f} times")


if __name__ == "__main__":
    main()
