"""Kills tools with SIGKILL in the middle of their work, and sees that nothing is lost and the next run completes it.

    killed.py TOOLS [--times 30] [--exposures 4000]

Each of merge, ingest, analyze, remove, compact and backup is killed that often, at moments spread over its run; so is the export to
Parquet where Python has pyarrow. Ends with status 1 where an archive is not sound, lost something, or is not completed.
"""

import argparse
import importlib.util
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from stress import Tools, content, differences

EXPORT = pathlib.Path(__file__).resolve().parents[2] / "Scripts" / "export_parquet.py"


class Case:
    """A command, the folder it starts from, and what must hold after it was killed and after it has ended."""

    def __init__(self, tools: Tools, name: str, command: list[str], before: pathlib.Path,
                 after_kill: Callable[[Tools], list[str]], after_end: Callable[[Tools], list[str]]):
        self.tools, self.name, self.command, self.before = tools, name, command, before
        self.after_kill, self.after_end = after_kill, after_end

    def reset(self) -> None:
        folder = self.tools.archive.parent
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.before, folder)

    def start(self) -> subprocess.Popen:
        return subprocess.Popen(self.command, env=self.tools.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def complete(self) -> float:
        began = time.monotonic()
        process = self.start()
        _, errors = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"{self.name}: ended with status {process.returncode}: {errors}")
        return time.monotonic() - began

    def run(self, times: int) -> list[str]:
        self.reset()
        seconds = self.complete()
        faults = [f"unhindered: {fault}" for fault in self.after_end(self.tools)]
        killed = tries = 0
        while killed < times and tries < 5 * times:
            self.reset()
            process = self.start()
            # Spread over the run, with a little chance in it, as the steps of a run last unequally long.
            moment = seconds * ((tries % times) + random.random()) / times
            tries += 1
            try:
                process.communicate(timeout=moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
            if process.returncode != -signal.SIGKILL:
                continue
            killed += 1
            faults += [f"killed after {moment:.3f} s: {fault}" for fault in self.after_kill(self.tools)]
            self.complete()
            faults += [f"killed after {moment:.3f} s, then completed: {fault}" for fault in self.after_end(self.tools)]
        print(f"{self.name}: killed {killed} times within {seconds:.2f} s, {len(faults)} faults", flush=True)
        if killed < times:
            faults.append(f"only {killed} of {times} runs were killed before they ended")
        return [f"{self.name}: {fault}" for fault in faults]


def sound(tools: Tools) -> list[str]:
    check = subprocess.run(tools.command("epu-ingest", "check", "--quick"), env=tools.environment, capture_output=True, text=True)
    return [] if check.returncode == 0 else [f"check: {check.stdout}{check.stderr}"]


def cases(tools: Tools, data: pathlib.Path, exposures: int) -> list[Case]:
    archive = tools.archive
    maker = Tools(str(tools.folder), data / "none.db")
    sessions = []
    for number in range(3):
        session = data / f"session{number}"
        maker.run("epu-simulate", session, "--no-images", "--exposures", exposures, "--unmoved-stage", 1, "--seed", number + 1)
        sessions.append(session)
    shards = []
    for session in sessions:
        shard = Tools(str(tools.folder), data / f"{session.name}.db")
        shard.run("epu-ingest", session)
        shard.run("epu-analyze")
        shards.append(shard.archive)

    def folder(name: str, *steps: list) -> pathlib.Path:
        """A folder with the archive as it is before a command: after these steps."""
        start = data / name
        start.mkdir()
        starting = Tools(str(tools.folder), start / "archive.db")
        for tool, *arguments in steps:
            starting.run(tool, *arguments)
        return start

    def says(expected: list[dict]) -> Callable[[Tools], list[str]]:
        """The archive is sound and says one of what is expected."""
        def test(tools: Tools) -> list[str]:
            faults = sound(tools)
            found = content(tools.archive)
            if not any(not differences(found, one) for one in expected):
                faults += differences(found, expected[-1])
            return faults
        return test

    ingest = ["epu-ingest", *sessions]
    full = folder("full", ingest, ["epu-analyze"])
    whole = content(full / "archive.db")
    name = sessions[0].name
    removed = content(folder("removed", ingest, ["epu-analyze"], ["epu-ingest", "remove", name]) / "archive.db")
    ingested = content(folder("ingested", ingest) / "archive.db")
    merged = content(folder("merged", ["epu-ingest", "merge", *shards]) / "archive.db")
    unanalysed = folder("unanalysed", ingest)
    copy = archive.parent / "copy.db"
    empty = folder("empty")

    def copy_is(needed: bool) -> Callable[[Tools], list[str]]:
        def test(tools: Tools) -> list[str]:
            faults = says([whole])(tools)
            if copy.exists():
                faults += says([whole])(Tools(str(tools.folder), copy))
            elif needed:
                faults.append("there is no copy")
            return faults
        return test

    found = [
        Case(tools, "merge", tools.command("epu-ingest", "merge", *shards), empty,
             lambda tools: sound(tools) if archive.exists() and archive.stat().st_size else [], says([merged])),
        Case(tools, "ingest", tools.command("epu-ingest", *sessions), empty,
             lambda tools: sound(tools) if archive.exists() and archive.stat().st_size else [], says([ingested])),
        Case(tools, "analyze", tools.command("epu-analyze"), unanalysed, sound, says([whole])),
        Case(tools, "remove", tools.command("epu-ingest", "remove", name), full, says([whole, removed]), says([removed])),
        Case(tools, "compact", tools.command("epu-ingest", "compact"), full, says([whole]), says([whole])),
        Case(tools, "backup", tools.command("epu-ingest", "backup", copy, "--force"), full, copy_is(False), copy_is(True)),
    ]
    if importlib.util.find_spec("pyarrow") is None:
        print("export: not tried, as this Python has no pyarrow", flush=True)
    else:
        found.append(export_case(tools, full))
    return found


def export_case(tools: Tools, full: pathlib.Path) -> Case:
    import pyarrow.dataset

    exported = tools.archive.parent / "parquet"

    def rows() -> dict[str, int]:
        return {table.name: pyarrow.dataset.dataset(table, partitioning="hive", format="parquet").count_rows()
                for table in sorted(exported.iterdir()) if table.is_dir()}

    def readable(tools: Tools) -> list[str]:
        """Every file that has its name can be read."""
        try:
            if exported.exists():
                rows()
            return sound(tools)
        except Exception as error:  # whatever pyarrow raises for a file that is not whole
            return [f"a file is not whole: {error}"]

    expected: dict[str, int] = {}

    def complete(tools: Tools) -> list[str]:
        found = rows()
        expected.update(found if not expected else {})
        return [] if found == expected else [f"rows {found}, expected {expected}"]

    return Case(tools, "export", [sys.executable, str(EXPORT), str(tools.archive), str(exported)], full, readable, complete)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--exposures", type=int, default=4000)
    parser.add_argument("--only", nargs="*", help="the names of some cases")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="epu-killed-") as folder:
        data = pathlib.Path(folder)
        work = data / "work"
        tools = Tools(options.tools, work / "archive.db")
        faults = []
        for case in cases(tools, data, options.exposures):
            if not options.only or case.name in options.only:
                faults += case.run(options.times)
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
