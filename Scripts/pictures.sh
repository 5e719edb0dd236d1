#!/bin/sh
# Makes the documentation's pictures again. Usage: pictures.sh FOLDER_OF_THE_TOOLS OUT_FOLDER EXAMPLE
# EXAMPLE is the session of EPU_group_AFIS; where it is missing, its pictures stay as they are.
set -eu

tools=$1
out=$2
example=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EPU_ARCHIVE="$work/archive.db"

"$tools/epu-simulate" "$work/session" --exposures 330 --partial-overlap 1 --repeated-hole 1 --seed 4
"$tools/epu-ingest" "$work/session"
"$tools/epu-analyze"
"$tools/epu-report" montage --scale 2 --limit 4 --out "$work/report"
"$tools/epu-report" plots --format png --out "$work/report" >/dev/null
mkdir -p "$out"
cp "$work/report/session/duplicates.png" "$out/montage.png"
cp "$work/report/session/beam-shifts.png" "$out/beam-shifts.png"
cp "$work/report/session/stage.png" "$out/stage.png"

# The session of the demo, in a browser.
export EPU_ARCHIVE="$work/report.db"
"$tools/epu-simulate" "$work/demo/session" --exposures 900 --unmoved-stage 1 --wrong-centre 1 --repeated-hole 2 --partial-overlap 2
"$tools/epu-ingest" "$work/demo/session"
"$tools/epu-analyze"
"$tools/epu-report" html --out "$work/report"
.build-venv/bin/python Scripts/screenshots.py "$work/report/session/report.html" 5 "$out"

# A square whose foil lies unlike that of the others.
export EPU_ARCHIVE="$work/turned.db"
"$tools/epu-simulate" "$work/turned" --exposures 2400 --areas 1 --square-turn 2.5 --square-stretch 1.5 --readback-error 0.08 \
    --no-images --seed 3
"$tools/epu-ingest" "$work/turned"
"$tools/epu-analyze"
.build-venv/bin/python Scripts/turned_squares.py "$EPU_ARCHIVE" "$out/turned-squares.png"

[ -d "$example" ] || exit 0
export EPU_ARCHIVE="$work/example.db"
"$tools/epu-ingest" "$example"
"$tools/epu-analyze"
"$tools/epu-report" plots --format png --out "$work/matrix" >/dev/null
# Of this question alone, which is not what reports show.
"$tools/epu-analyze" overlaps --k 25 --json >"$work/k25.json"
analysis=$(sed -n 's/.*"analysis_id" : \([0-9]*\).*/\1/p' "$work/k25.json" | head -n 1)
"$tools/epu-report" plots --analysis "$analysis" --format png --out "$work/k25" >/dev/null
cp "$work"/matrix/*/overlaps.png "$out/find-dupl-matrix.png"
cp "$work"/k25/*/overlaps.png "$out/find-dupl-k25.png"
