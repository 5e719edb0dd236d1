"""Reads the files exposure_groups.csv that `epu-report optics` writes, and finds their movies by name."""

import csv
import dataclasses
import pathlib
import re

# An EPU base name, with anything before and after it: numbers of the hole and the area, a third number, date, and time with
# seconds, or without them as EPU 1.x writes it.
BASE_NAME = re.compile(r"FoilHole_(\d+)_Data_(\d+)_(\d+)_(\d{8})_(\d{6}|\d{4})(?!\d)", re.IGNORECASE | re.ASCII)
COLUMNS = ["path", "exposure_group", "keep"]


class Refusal(Exception):
    """What is said in place of a traceback: what is wrong, and what to do."""


def key(path: str) -> tuple | None:
    """What all names of one exposure have in common; None where the name is none of EPU's."""
    found = BASE_NAME.search(path.rsplit("/", 1)[-1])
    return found and (*map(int, found.groups()[:4]), found[5])


@dataclasses.dataclass(frozen=True)
class Movie:
    """A row of exposure_groups.csv."""

    path: str
    # The index of its session.
    session: int
    # The number of its exposure group within the session; None if its position is not known.
    group: int | None
    # Whether it is to be kept; None if it was not judged.
    keep: bool | None


class Sessions:
    """The movies of some sessions, by name.

    Each session numbers its exposure groups from 1. The same number means other beam shifts in another session, so the groups
    of a session follow on those of the session before it."""

    def __init__(self, files: list[pathlib.Path]):
        self.names = [file.parent.name or str(file) for file in files]
        # The greatest number of an exposure group of each session.
        self.groups = [0] * len(files)
        self.count = 0
        self.first: Movie | None = None
        self._movies: dict[tuple, list[Movie]] = {}
        for session, file in enumerate(files):
            self._read(file, session)

    def _read(self, file: pathlib.Path, session: int):
        # Names may have bytes that are not UTF-8; a spreadsheet program may have put its mark before the first.
        with open(file, newline="", encoding="utf-8-sig", errors="surrogateescape") as text:
            rows = csv.DictReader(text)
            if (rows.fieldnames or [])[:3] != COLUMNS:
                raise Refusal(f"{file} has no columns path, exposure_group and keep: give an exposure_groups.csv as "
                              "`epu-report optics` writes it.")
            for row in rows:
                movie = self._movie(row, session)
                if movie is None:
                    raise Refusal(f"{file}, line {rows.line_num}: this is no row of path, exposure group and keep: let "
                                  "`epu-report optics` write the file again.")
                self.groups[session] = max(self.groups[session], movie.group or 0)
                self.count += 1
                self.first = self.first or movie
                self._movies.setdefault(key(movie.path), []).append(movie)
        self._movies.pop(None, None)

    @staticmethod
    def _movie(row: dict, session: int) -> Movie | None:
        """The movie of a row; None if the row is not as it has to be."""
        path, group, keep = (row[column] for column in COLUMNS)
        if not path or keep not in ("", "0", "1") or not re.fullmatch(r"([1-9][0-9]{0,5})?", group, re.ASCII):
            return None
        return Movie(path, session, int(group) if group else None, keep == "1" if keep else None)

    def find(self, paths: list[str]) -> list[Movie]:
        """The movies that have the name of an exposure with these paths; none if the paths are of different exposures."""
        keys = {key(path) for path in paths} - {None}
        return self._movies.get(keys.pop(), []) if len(keys) == 1 else []

    def offsets(self, first: int) -> list[int]:
        """What is added to the numbers of each session, so that all are unique and begin at this one."""
        return [first - 1 + sum(self.groups[:session]) for session in range(len(self.groups))]
