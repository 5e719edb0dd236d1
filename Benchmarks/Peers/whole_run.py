"""The work of find_dupl in its way, in Python of our own: every XML file read with minidom, positions = stage + k x beam shift, pairs
by cKDTree, the earlier of a pair kept, two lists written. Prints the seconds, and whether an archive holds the same pairs.

    whole_run.py SESSION --k UM --radius UM --out FOLDER [--archive ARCHIVE]
"""

import argparse
import json
import pathlib
import sqlite3
import time
from xml.dom import minidom

import numpy
from scipy.spatial import cKDTree

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("session", type=pathlib.Path)
parser.add_argument("--k", type=float, required=True)
parser.add_argument("--radius", type=float, required=True)
parser.add_argument("--out", type=pathlib.Path, required=True)
parser.add_argument("--archive")
arguments = parser.parse_args()


def number(node, name):
    return float(node.getElementsByTagName(name)[0].firstChild.data)


def exposure(path):
    """Time, x and y (um) of one exposure."""
    document = minidom.parse(str(path))
    shift = document.getElementsByTagName("BeamShift")[0]
    place = document.getElementsByTagName("Position")[0]
    when = document.getElementsByTagName("acquisitionDateTime")[0].firstChild.data
    return (
        when,
        1e6 * number(place, "X") + arguments.k * number(shift, "a:_x"),
        1e6 * number(place, "Y") + arguments.k * number(shift, "a:_y"),
    )


start = time.perf_counter()
paths = sorted(arguments.session.glob("Images-Disc*/GridSquare_*/Data/FoilHole_*_Data_*.xml"))
found = sorted((exposure(path), path.stem) for path in paths)
positions = numpy.array([values[1:] for values, _ in found])
pairs = cKDTree(positions).query_pairs(arguments.radius, output_type="ndarray")
pairs.sort(axis=1)
bad = set(pairs[:, 1].tolist())
arguments.out.mkdir(parents=True, exist_ok=True)
for name, chosen in (("bad", bad), ("keep", set(range(len(found))) - bad)):
    names = [found[index][1] + "_fractions.tiff\n" for index in sorted(chosen)]
    (arguments.out / f"{name}.txt").write_text("".join(names))
seconds = time.perf_counter() - start

agree = None
if arguments.archive:
    with sqlite3.connect(f"file:{arguments.archive}?mode=ro", uri=True) as archive:
        stored = archive.execute(
            "SELECT a.name, b.name FROM overlap JOIN analysis USING (analysis_id) "
            "JOIN exposure a ON a.exposure_id = earlier_id JOIN exposure b ON b.exposure_id = later_id "
            "WHERE radius_um = ?",
            (arguments.radius,),
        ).fetchall()
    agree = {(found[a][1], found[b][1]) for a, b in pairs.tolist()} == set(stored)
print(json.dumps({"seconds": seconds, "pairs": len(pairs), "pairs_agree": agree}))
