"""Pairs of an archive's placements within a radius, by SciPy's cKDTree; prints seconds, and whether the pairs are the stored ones.

    ckdtree.py ARCHIVE --radius UM --runs N
"""

import argparse
import json
import sqlite3
import time

import numpy
from scipy.spatial import cKDTree

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("archive")
parser.add_argument("--radius", type=float, required=True)
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()


def positions(archive):
    """Ids and positions (um) in the order of time, as find_dupl reads them from files."""
    rows = archive.execute(
        "SELECT exposure_id, x_um, y_um FROM placement JOIN exposure USING (exposure_id) ORDER BY acquired_at, name"
    ).fetchall()
    table = numpy.array(rows)
    return table[:, 0].astype(numpy.int64), table[:, 1:]


search, total = [], []
with sqlite3.connect(f"file:{arguments.archive}?mode=ro", uri=True) as archive:
    for _ in range(arguments.runs):
        start = time.perf_counter()
        ids, points = positions(archive)
        read = time.perf_counter()
        pairs = cKDTree(points).query_pairs(arguments.radius, output_type="ndarray")
        found = time.perf_counter()
        pairs = ids[pairs[numpy.lexsort((pairs[:, 0], pairs[:, 1]))]]
        search.append(found - read)
        total.append(time.perf_counter() - start)
    stored = archive.execute(
        "SELECT earlier_id, later_id FROM overlap JOIN analysis USING (analysis_id) WHERE radius_um = ?",
        (arguments.radius,),
    ).fetchall()

agree = {tuple(pair) for pair in pairs.tolist()} == set(stored)
print(json.dumps({"search": search, "total": total, "pairs_agree": agree}))
