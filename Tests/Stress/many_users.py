"""One person writes to an archive, and eight read it, all the time.

    many_users.py TOOLS [--seconds 300] [--readers 8]

The writer reads a growing session, analyses it, removes another microscope's session and reads it again. No command may fail, no
reader may be told less than had been stored when it began, and what one reader is told in one look must fit together. Ends with
status 1 otherwise.
"""

import argparse
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from stress import Tools

STEP = 20


class Users:
    def __init__(self, tools: Tools, data: pathlib.Path, seconds: float):
        self.tools, self.data = tools, data
        self.end = time.monotonic() + seconds
        self.stored = 0  # exposures of the growing session that ingest has said it stored
        self.faults: list[str] = []
        self.looks: dict[str, list[float]] = {}
        self.lock = threading.Lock()

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)

    def did(self, what: str, seconds: float) -> None:
        with self.lock:
            self.looks.setdefault(what, []).append(seconds)

    def run(self, what: str, tool: str, *arguments) -> str:
        began = time.monotonic()
        try:
            return self.tools.run(tool, *arguments)
        except subprocess.CalledProcessError as error:
            self.fault(f"{what}: status {error.returncode}: {error.stderr.strip()}")
            return ""
        finally:
            self.did(what, time.monotonic() - began)

    def write(self, source: pathlib.Path, grown: pathlib.Path, other: pathlib.Path) -> None:
        files = sorted(source.rglob("FoilHole_*_Data_*.xml"), key=lambda file: file.name[-19:])
        rounds = 0
        while time.monotonic() < self.end:
            for file in files[self.stored:self.stored + STEP]:
                place = grown / file.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, place)
            self.run("ingest", "epu-ingest", grown)
            self.stored = min(self.stored + STEP, len(files))
            self.run("analyze", "epu-analyze")
            rounds += 1
            if rounds % 5 == 0:
                self.run("remove", "epu-ingest", "remove", other.name)
                self.run("ingest", "epu-ingest", other)
            if rounds % 7 == 0:
                self.run("backup", "epu-ingest", "backup", self.data / "copy.db", "--force")
            if rounds % 11 == 0:
                self.run("compact", "epu-ingest", "compact")

    def read(self, number: int, growing: str) -> None:
        try:
            self.look_again_and_again(number, growing)
        except Exception as error:  # a thread's own end would go unnoticed
            self.fault(f"reader {number}: {error!r}")

    def look_again_and_again(self, number: int, growing: str) -> None:
        chance = random.Random(number)
        out = self.data / f"reader{number}"
        while time.monotonic() < self.end:
            least = self.stored
            what = chance.choice(["summary", "list", "lists", "html", "compare", "sql", "sql"])
            if what == "sql":
                self.look(growing, least)
            elif what == "summary":
                text = self.run(what, "epu-report", "summary", "--json", "--session", growing)
                if text and (found := json.loads(text)[0]["exposures"]) < least:
                    self.fault(f"summary tells of {found} exposures when {least} were stored")
            elif what == "list":
                self.run(what, "epu-analyze", "list")
            elif what == "compare":
                self.run(what, "epu-report", "compare")
            else:
                self.run(what, "epu-report", what, "--out", out, "--session", growing)

    def look(self, growing: str, least: int) -> None:
        """Asks in one transaction, as a person's own program does, for what must agree."""
        began = time.monotonic()
        db = sqlite3.connect(f"file:{self.tools.archive}?mode=ro", uri=True, timeout=60, isolation_level=None)
        try:
            db.execute("BEGIN")
            exposures, = db.execute("SELECT count(*) FROM exposure JOIN session s USING (session_id) WHERE s.name = ?",
                                    [growing]).fetchone()
            figures = db.execute("SELECT f.exposures FROM session_figures f JOIN session USING (session_id) WHERE name = ?",
                                 [growing]).fetchone()
            dangling = db.execute("PRAGMA foreign_key_check").fetchone()
            lost, = db.execute("""SELECT count(*) FROM overexposure o
                                  WHERE NOT EXISTS (SELECT 1 FROM overlap p WHERE p.analysis_id = o.analysis_id
                                                    AND p.later_id = o.exposure_id)""").fetchone()
            if exposures < least:
                self.fault(f"SQL counts {exposures} exposures when {least} were stored")
            if figures is not None and figures[0] != exposures:
                self.fault(f"kept figures tell of {figures[0]} exposures, and there are {exposures}")
            if dangling is not None or lost:
                self.fault(f"rows refer to others that are not there: {dangling}, {lost} overexposed without a pair")
        except sqlite3.Error as error:
            self.fault(f"sql: {error}")
        finally:
            db.close()
            self.did("sql", time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--readers", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="epu-users-") as folder:
        data = pathlib.Path(folder)
        tools = Tools(options.tools, data / "archive.db")
        source, other, grown = data / "source", data / "other", data / "grown"
        for number, session in enumerate([source, other]):
            tools.run("epu-simulate", session, "--no-images", "--exposures", 4000 if session == source else 800,
                      "--unmoved-stage", 1, "--seed", number + 1, "--instrument", 3901 + number)
        for file in source.rglob("*.dm"):
            place = grown / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, place)
        # The first steps are whole before anybody looks.
        tools.run("epu-ingest", other)
        users = Users(tools, data, seconds=1)
        users.write(source, grown, other)
        growing = sqlite3.connect(tools.archive).execute(
            "SELECT s.name FROM session s JOIN session_root r USING (session_id) WHERE r.path LIKE '%/grown'").fetchone()[0]
        users.looks.clear()
        users.end = time.monotonic() + options.seconds
        threads = [threading.Thread(target=users.read, args=(number, growing)) for number in range(options.readers)]
        for thread in threads:
            thread.start()
        users.write(source, grown, other)
        for thread in threads:
            thread.join()
        print(tools.run("epu-ingest", "check").strip())
    for what, seconds in sorted(users.looks.items()):
        print(f"{what}: {len(seconds)} times, median {sorted(seconds)[len(seconds) // 2]:.2f} s, longest {max(seconds):.2f} s")
    print(f"{users.stored} exposures of the growing session, {len(users.faults)} faults")
    for fault in users.faults[:20]:
        print(fault, file=sys.stderr)
    sys.exit(1 if users.faults else 0)


main()
