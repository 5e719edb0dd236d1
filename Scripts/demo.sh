#!/bin/sh
# The whole pipeline on a simulated session, whose truth is known.
# Usage: demo.sh FOLDER_OF_THE_TOOLS OUT_FOLDER
set -eu

tools=$1
out=$2
export EPU_ARCHIVE="$out/archive.db"
exec 3>&1

run() {
    printf '\n$ %s\n' "$*" >&3
    tool=$1
    shift
    "$tools/$tool" "$@"
}

rm -rf "$out"
mkdir -p "$out"

run epu-simulate "$out/session" --exposures 900 --unmoved-stage 1 --wrong-centre 1 --repeated-hole 2 --partial-overlap 2
run epu-ingest "$out/session"
run epu-analyze clusters --clusters 19 --hole-spacing 2.5 --plot "$out/clusters.png" >"$out/clusters.txt"
sed -n '1p' "$out/clusters.txt"
tail -n 3 "$out/clusters.txt"
run epu-analyze overlaps --matrix 21.767,11.130,10.799,-21.682
run epu-report summary
run epu-report lists --out "$out/report"
run epu-report montage --out "$out/report"
run epu-simulate score "$out/session.truth.json" --exact

cat <<END

All exposures that were planted were found, and no other. Look at:
  $out/report/session/duplicates.png               the overexposed beside the earlier exposures
  $out/report/session/duplicates_badfiles_jpg.txt  their names; duplicates_keepfiles_jpg.txt has the others
  $out/report/session/exposures.csv                everything about each exposure
  $out/clusters.png, $out/clusters.txt             beam shifts in clusters
  $out/archive.db                                  the archive, for any SQLite program
  $out/session.truth.json                          what was planted
END
