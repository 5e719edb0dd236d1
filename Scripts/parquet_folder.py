"""A folder of Parquet files, one of each table and session: TABLE/instrument=…/year=…/SESSION.parquet.

Each file is written under another name and then renamed, so that a reader sees whole files only. Each names the state that its
session was in: a run that was killed is completed by the next.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import socket
import urllib.parse

import pyarrow
import pyarrow.parquet

TABLES = ["exposures", "sessions", "calibrations", "overexposed", "incidents"]
# What Hive, and so each engine, takes for NULL in the name of a folder.
NOT_KNOWN = "__HIVE_DEFAULT_PARTITION__"


class Refusal(Exception):
    """Why nothing, or no more, was written: a sentence for the person who asked."""


def file_name(session: str) -> str:
    """The session's file: no character that is special in a path or pattern, and none in front that hides a file."""
    quoted = urllib.parse.quote(session, safe="~")
    if quoted[0] in "._":
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    if len(quoted) > 200:
        quoted = quoted[:180] + "-" + hashlib.sha256(session.encode()).hexdigest()[:16]
    return quoted + ".parquet"


class ParquetFolder:
    """The folder, which one process at a time writes."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        for partial in path.glob("*/*/*/.*.partial"):
            partial.unlink()

    def _locked(self):
        """The lock ends with the process, however it ends; what the file says is for people."""
        lock = open(self.path / ".lock", "a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Refusal(f"{self.path} is being written by {lock.read().strip() or 'another process'}: wait until it has "
                          "ended, or end it there, and run this again.") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        lock.flush()
        return lock

    def place(self, table: str, session: str, instrument: str | None, year: int | None) -> pathlib.Path:
        """Where the file of a table and session belongs."""
        instrument_part = urllib.parse.quote(instrument, safe="") if instrument else NOT_KNOWN
        return self.path / table / f"instrument={instrument_part}" / f"year={year or NOT_KNOWN}" / file_name(session)

    def files(self, name: str = "*.parquet") -> list[pathlib.Path]:
        """The files of a name in all partitions, or all files."""
        return [file for table in TABLES for file in (self.path / table).glob(f"*/*/{name}")]

    @staticmethod
    def note(file: pathlib.Path) -> dict | None:
        """What a file says of itself: its session and that one's state. None: it is not there, not whole, or not ours."""
        try:
            return json.loads(pyarrow.parquet.read_schema(file).metadata[b"epu"])
        except (OSError, KeyError, TypeError, ValueError, pyarrow.ArrowInvalid):
            return None

    def is_current(self, session: str, instrument: str | None, year: int | None, state: str) -> bool:
        """Whether all files of a session are there, in their places, and of this state."""
        notes = (self.note(self.place(table, session, instrument, year)) for table in TABLES)
        return all(note is not None and note["state"] == state for note in notes)

    def write(self, session: str, instrument: str | None, year: int | None, state: str, tables: dict[str, pyarrow.Table]):
        """Writes a session's files, also of tables without rows, so that each table is there; removes what it had elsewhere."""
        note = json.dumps({"session": session, "state": state}).encode()
        renames: dict[pathlib.Path, pathlib.Path] = {}
        try:
            for name in TABLES:
                file = self.place(name, session, instrument, year)
                file.parent.mkdir(parents=True, exist_ok=True)
                partial = file.with_name(f".{file.name}.partial")
                renames[partial] = file
                pyarrow.parquet.write_table(
                    tables[name].replace_schema_metadata({b"epu": note}), partial, compression="zstd")
        except OSError:
            for partial in renames:
                partial.unlink(missing_ok=True)
            raise
        # Elsewhere first: when this is interrupted, files are missing, which the next run writes, and none is there twice.
        for file in self.files(file_name(session)):
            if file not in renames.values() and self.note(file) is not None:
                self.remove(file)
        for partial, file in renames.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.rename(file)

    def remove(self, file: pathlib.Path):
        """Removes a file, and the partition that it leaves empty."""
        file.unlink()
        for folder in [file.parent, file.parent.parent]:
            try:
                folder.rmdir()
            except OSError:
                break
