"""Draws how far the holes of the most turned grid square lie from one lattice for all squares, and from that of their own.

Usage: turned_squares.py ARCHIVE OUT.png
"""

import sqlite3
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SCALE = 2  # Drawn larger and reduced: Pillow's lines have hard edges.
SIDE, MARGIN = 430 * SCALE, 14 * SCALE
INK, FAINT, FOUND = (40, 44, 52), (190, 196, 204), (196, 62, 44)


def squares(archive):
    """Place and site of each hole by grid square; um."""
    rows = sqlite3.connect(archive).execute(
        "SELECT grid_square, x_um, y_um, site_i, site_j FROM hole_site WHERE site_i IS NOT NULL"
    )
    holes = {}
    for square, *numbers in rows:
        holes.setdefault(square, []).append(numbers)
    return {square: np.array(numbers) for square, numbers in holes.items()}


def centred(holes):
    return holes[:, :2] - holes[:, :2].mean(0), holes[:, 2:] - holes[:, 2:].mean(0)


def lattice(pairs):
    """L of place = L site, by least squares."""
    places, sites = (np.concatenate(parts) for parts in zip(*pairs))
    return np.linalg.lstsq(sites, places, rcond=None)[0].T


def angle(vectors):
    return np.degrees(np.arctan2(vectors[1, 0] - vectors[0, 1], vectors[0, 0] + vectors[1, 1]))


def panel(draw, left, places, misses, factor, title, font):
    middle, zoom = np.array([left + SIDE / 2, 2 * MARGIN + SIDE / 2 + 12 * SCALE]), (SIDE / 2 - MARGIN) / abs(places).max()
    for place, miss in zip(places, misses):
        start = middle + zoom * place * (1, -1)
        end = start + zoom * factor * miss * (1, -1)
        draw.ellipse([*(start - 3 * SCALE), *(start + 3 * SCALE)], outline=FAINT, width=SCALE)
        draw.line([*start, *end], fill=FOUND, width=2 * SCALE)
    draw.text((left + MARGIN, MARGIN), title, fill=INK, font=font)


def main(archive, out):
    of_square = {square: centred(holes) for square, holes in squares(archive).items()}
    common = lattice(of_square.values())
    own = {square: lattice([pair]) for square, pair in of_square.items()}
    turned = max(own, key=lambda square: abs(angle(own[square] @ np.linalg.inv(common))))
    places, sites = of_square[turned]
    image = Image.new("RGB", (2 * SIDE, SIDE + 3 * MARGIN), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13 * SCALE)
    degrees = angle(own[turned] @ np.linalg.inv(common))
    for left, vectors, name, factor in ((0, common, "the lattice of all squares", 1), (SIDE, own[turned], "its own lattice", 10)):
        misses = places - sites @ vectors.T
        size = 1000 * np.sqrt((misses**2).sum(1).mean())
        drawn = "" if factor == 1 else f", drawn {factor} times longer"
        panel(draw, left, places, misses, factor, f"from {name}: {size:.0f} nm rms{drawn}", font)
    reduced = image.resize((image.width // SCALE, image.height // SCALE), Image.Resampling.LANCZOS)
    reduced.quantize(24).save(out, optimize=True)
    print(f"The square is turned by {degrees:.2f} degrees against the mean of all.")


main(*sys.argv[1:])
