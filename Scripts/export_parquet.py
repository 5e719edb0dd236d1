#!/usr/bin/env python3
"""Exports an archive's exposures, sessions, calibrations, overexposed exposures and incidents as Parquet.

Overexposed exposures, incidents and positions are those of each session's published analysis. Run it again, and only
sessions that are new or have changed are written, and those that left the archive are removed. The archive may be in use.
"""

import argparse
import errno
import pathlib
import sqlite3
import sys

try:
    from exported_archive import Archive
    from parquet_folder import TABLES, ParquetFolder, Refusal, file_name
except ModuleNotFoundError as missing:
    if missing.name != "pyarrow":
        raise
    sys.exit("This script needs pyarrow, which is not installed: python3 -m pip install pyarrow")


def export(archive: Archive, folder: ParquetFolder, asked: list[str]) -> str:
    """Brings the folder up to date with the archive, or with the sessions that are asked for; returns what was done."""
    sessions = archive.sessions()
    if unknown := [name for name in asked if name not in sessions]:
        raise Refusal(f"The archive has no session {unknown[0]}: `epu-report summary` names them.")
    expected = {file_name(name) for name in sessions}
    others = [file for file in folder.files() if file.name not in expected]
    if others and not any(file.name in expected for file in folder.files()):
        raise Refusal(f"{folder.path} holds other sessions than the archive does: give a folder of its own, or remove "
                      f"{folder.path} if it is no longer needed.")
    written = 0
    for name in asked or sessions:
        written += export_session(archive, folder, name, sessions[name])
    removed = set()
    for file in others if not asked else []:
        if note := folder.note(file):
            folder.remove(file)
            removed.add(note["session"])
    for name in sorted(removed):
        print(f"removed {name}, which is no longer in the archive")
    return f"{written} sessions written, {len(asked or sessions) - written} as they were, {len(removed)} removed"


def export_session(archive: Archive, folder: ParquetFolder, name: str, session_id: int) -> bool:
    """Writes a session's files where they are not those of its present state; returns whether it did."""
    with archive.transaction():
        if archive.sessions().get(name) != session_id:
            return False
        partition, state = archive.partition(session_id), archive.state(session_id)
        if folder.is_current(name, *partition, state):
            return False
        tables = {table: archive.rows(table, session_id) for table in TABLES}
    folder.write(name, *partition, state, tables)
    print(f"{name}: {tables['exposures'].num_rows} exposures", flush=True)
    return True


def main() -> str | None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=pathlib.Path, help="the archive, which is only read")
    parser.add_argument("out_dir", type=pathlib.Path, help="folder of the Parquet files; made where it is missing")
    parser.add_argument("--session", metavar="NAME", action="append", default=[], help="only this session; may be repeated")
    arguments = parser.parse_args()
    try:
        print(export(Archive(arguments.archive), ParquetFolder(arguments.out_dir), arguments.session))
    except Refusal as refusal:
        return str(refusal)
    except sqlite3.OperationalError as error:
        return f"{arguments.archive}: {error}. What is written is whole; run this again when the archive can be read."
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return f"{error}. What is written is whole; mend this and run it again."
        return f"No space is left for {arguments.out_dir}. What is written is whole; make room and run this again."
    except KeyboardInterrupt:
        return "Interrupted. What is written is whole; run this again to complete it."
    return None


if __name__ == "__main__":
    sys.exit(main())
