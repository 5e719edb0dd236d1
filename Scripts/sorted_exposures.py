"""Gives exposures of CryoSPARC their exposure groups, and sorts them into those to keep and those to reject."""

import collections
import itertools
from collections.abc import Iterable

from exposure_groups import Refusal, Sessions

# Where an exposure has its name: of the movie, and of what motion correction made of it.
PATHS = ["movie_blob/path", "micrograph_blob/path", "micrograph_blob_non_dw/path"]
# How many names are printed of each kind.
NAMED = 5


class SortedExposures:
    """A dataset of exposures with the groups and verdicts of exposure_groups.csv.

    An exposure that matches no movie, or several, keeps the group that it had, and is kept: nothing is guessed."""

    def __init__(self, dataset, sessions: Sessions, first_group: int | None = None):
        """Changes the exposure groups in the dataset.

        first_group is the number of the first exposure group; None means 1, or the next number that is free above those of
        exposures that keep theirs."""
        self._dataset, self._sessions = dataset, sessions
        self.fields = [field for field in dataset.fields() if field.endswith("/exp_group_id")]
        columns = [dataset[field] for field in PATHS if field in dataset]
        if not self.fields or not columns:
            raise Refusal("These are no exposures with movie_blob or micrograph_blob and an exposure group: give what an "
                          "import of movies, motion correction or CTF estimation writes.")
        self._paths = [[str(path) for path in paths if path] for paths in zip(*columns)]
        found = [sessions.find(paths) for paths in self._paths]
        self._movies = [movies[0] if len(movies) == 1 else None for movies in found]
        times = collections.Counter(self._movies)
        self.unmatched = self._names(not movies for movies in found)
        self.ambiguous = self._names(len(movies) > 1 for movies in found)
        self.repeated = self._names(movie is not None and times[movie] > 1 for movie in self._movies)
        self.not_imported = sessions.count - len({movie for movies in found for movie in movies})
        self._require_a_match()
        self._set_groups(first_group)
        rejected = [movie is not None and movie.keep is False for movie in self._movies]
        self.keep = dataset.mask([not is_rejected for is_rejected in rejected])
        self.reject = dataset.mask(rejected)

    def _names(self, which: Iterable[bool]) -> list[str]:
        return [self._name(paths) for paths in itertools.compress(self._paths, which)]

    @staticmethod
    def _name(paths: list[str]) -> str:
        return paths[0].rsplit("/", 1)[-1] if paths else "one without a path"

    def _require_a_match(self):
        if any(self._movies):
            return
        if not self._paths:
            raise Refusal("There is no exposure: give an output that has some.")
        if self.ambiguous:
            raise Refusal(f"Each exposure matches several movies, such as {self.ambiguous[0]}: give the exposure_groups.csv of "
                          "each session once.")
        listed = f", such as {self._name([self._sessions.first.path])}" if self._sessions.first else ""
        raise Refusal(f"None of the {len(self._paths)} exposures, such as {self.unmatched[0]}, has the name of one of the "
                      f"{self._sessions.count} movies{listed}: give the exposure_groups.csv of the session that they are of; "
                      "they need the names that EPU gave them.")

    def _set_groups(self, first_group: int | None):
        columns = [self._dataset[field] for field in self.fields]
        others = {int(column[row]) for column in columns for row, movie in enumerate(self._movies)
                  if movie is None or movie.group is None}
        self._offsets = self._sessions.offsets(first_group or 1 + max(others, default=0))
        new = [None if movie is None or movie.group is None else movie.group + self._offsets[movie.session]
               for movie in self._movies]
        if both := others.intersection(new):
            raise Refusal(f"Exposures that keep the group they had are in group {min(both)}, which would be another's: leave "
                          f"--first-group out, or give one above {max(others)}.")
        for column in columns:
            for row, group in enumerate(new):
                if group is not None:
                    column[row] = group

    def summary(self) -> list[str]:
        """What was done, a sentence a line."""
        found = [movie for movie in self._movies if movie]
        lines = [f"{len(self._paths)} exposures: {len(self.keep)} to keep, {len(self.reject)} to reject"]
        for session, name in enumerate(self._sessions.names):
            count = sum(movie.session == session and movie.group is not None for movie in found)
            first, groups = self._offsets[session] + 1, self._sessions.groups[session]
            lines.append(f"{name}: {count} in exposure groups {first} to {first + groups - 1}" if groups else
                         f"{name}: no movie has an exposure group; `epu-analyze calibrate` finds them")
        unplaced = sum(movie.group is None for movie in found)
        not_judged = sum(movie.keep is None for movie in found)
        for count, text in [
            (unplaced, "at positions that are not known: they keep their old group"),
            (not_judged, "not judged: they are kept; `epu-analyze` and then `epu-report optics` judge them"),
            (len(self.unmatched), "match no movie: they are kept, in their old group" + self._named(self.unmatched)),
            (len(self.ambiguous), "match several movies: they are kept, in their old group" + self._named(self.ambiguous)),
            (len(self.repeated), "are here more than once: remove what was imported twice" + self._named(self.repeated)),
        ]:
            if count:
                lines.append(f"{count} {text}")
        if self.not_imported:
            lines.append(f"{self.not_imported} movies of exposure_groups.csv are not among the exposures")
        return lines

    @staticmethod
    def _named(names: list[str]) -> str:
        more = f" and {len(names) - NAMED} more (--names FILE writes all)" if len(names) > NAMED else ""
        return ": " + ", ".join(names[:NAMED]) + more

    def names(self) -> list[str]:
        """All exposures that do not match one movie each, with the reason, in lines of two columns."""
        kinds = [("no movie", self.unmatched), ("several movies", self.ambiguous), ("more than once", self.repeated)]
        return [f"{name}\t{kind}" for kind, names in kinds for name in names]
