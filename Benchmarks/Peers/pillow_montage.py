"""One PNG of JPGs, each with its name on it, by Pillow, as find_dupl makes its montage; prints the seconds of each run.

    pillow_montage.py LIST OUT.png --scale N --per-row N --runs N

LIST has one path a line; each picture is drawn at 1/N of its size.
"""

import argparse
import json
import os
import time

from PIL import Image, ImageDraw

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("list")
parser.add_argument("out")
parser.add_argument("--scale", type=int, default=1)
parser.add_argument("--per-row", type=int, default=4)
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()
Image.MAX_IMAGE_PIXELS = None
MARGIN = 3


def montage(paths):
    """All pictures are held until the page is written, in rows as high as their highest picture."""
    tiles = []
    for path in paths:
        tile = Image.open(path)
        if arguments.scale > 1:
            tile = tile.resize([side // arguments.scale for side in tile.size])
        ImageDraw.Draw(tile).text((0, 0), os.path.basename(path))
        tiles.append(tile)
    rows = [tiles[start : start + arguments.per_row] for start in range(0, len(tiles), arguments.per_row)]
    heights = [max(tile.size[1] for tile in row) + MARGIN for row in rows]
    width = max(sum(tile.size[0] + MARGIN for tile in row) for row in rows)
    page = Image.new(mode="L", size=(width, sum(heights)))
    top = 0
    for row, height in zip(rows, heights):
        left = 0
        for tile in row:
            page.paste(tile, (left, top))
            left += tile.size[0] + MARGIN
        top += height
    page.save(arguments.out)


with open(arguments.list) as file:
    paths = file.read().splitlines()
seconds = []
for _ in range(arguments.runs):
    start = time.perf_counter()
    montage(paths)
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds}))
