#!/bin/sh
# Makes the README's pictures anew. Usage: pictures.sh FOLDER_OF_THE_TOOLS OUT_FOLDER
set -eu

tools=$1
out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EPU_ARCHIVE="$work/archive.db"

"$tools/epu-simulate" "$work/session" --exposures 330 --partial-overlap 1 --repeated-hole 1 --seed 4
"$tools/epu-ingest" "$work/session"
"$tools/epu-analyze" clusters --clusters 19 --hole-spacing 2.5 --plot "$work/clusters.png" >/dev/null
"$tools/epu-analyze" overlaps --matrix 21.767,11.130,10.799,-21.682
"$tools/epu-report" montage --scale 2 --limit 4 --out "$work/report"
mkdir -p "$out"
cp "$work/report/session/duplicates.png" "$out/montage.png"
cp "$work/clusters.png" "$out/clusters.png"
