"""What both stress tests share: running the tools, and what an archive says apart from its ids and the times of its making."""

import os
import pathlib
import sqlite3
import subprocess


class Tools:
    def __init__(self, folder: str, archive: pathlib.Path):
        self.folder = pathlib.Path(folder).resolve()
        self.archive = archive

    def command(self, tool: str, *arguments) -> list[str]:
        return [str(self.folder / tool), *map(str, arguments)]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "EPU_ARCHIVE": str(self.archive)}

    def run(self, tool: str, *arguments) -> str:
        """Runs a tool and returns its output; raises `CalledProcessError`, which has what it said, where it fails."""
        return subprocess.run(self.command(tool, *arguments), check=True, capture_output=True, text=True,
                              env=self.environment).stdout


# Natural keys only: ids differ where the same was stored in another order.
SAYINGS = {
    "sessions": "SELECT name, epu_name, created_at, instrument_id FROM session",
    "files": "SELECT r.path, f.path, f.kind, f.size_bytes, f.status FROM source_file f JOIN session_root r USING (session_root_id)",
    "exposures": """SELECT s.name, e.name, e.unique_id, e.acquired_at, e.stage_x_um, e.beam_shift_x, e.dose_e_per_a2
                    FROM exposure e JOIN session s USING (session_id)""",
    "reviews": "SELECT e.name, r.verdict, r.reason FROM review r JOIN exposure e USING (exposure_id)",
    "calibrations": """SELECT s.name, c.method, c.chosen, c.m11, c.m12, c.m21, c.m22, c.verdict
                       FROM calibration c JOIN session s USING (session_id)""",
    "overlaps": "SELECT later, earlier, distance_um, cause FROM overlap_pairs",
}


def content(archive: pathlib.Path) -> dict[str, list]:
    """What an archive says, sorted."""
    db = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    try:
        return {name: sorted(db.execute(sql).fetchall(), key=repr) for name, sql in SAYINGS.items()}
    finally:
        db.close()


def differences(found: dict[str, list], expected: dict[str, list]) -> list[str]:
    return [f"{name}: {len(found[name])} rows, expected {len(expected[name])}"
            for name in expected if found[name] != expected[name]]
