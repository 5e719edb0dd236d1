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
run epu-analyze calibrate >"$out/calibration.txt"
sed '/other candidates/,$d' "$out/calibration.txt"
run epu-analyze
run epu-report summary
run epu-report html --out "$out/report"
run epu-report lists --out "$out/report"
run epu-report optics --out "$out/report"
run epu-report montage --out "$out/report"
run epu-report plots --out "$out/report" >/dev/null
run epu-simulate score "$out/session.truth.json" --exact --least-causes 98

cat <<END

All exposures that were planted were found, with their causes, and no other. Look at:
  $out/report/session/report.html                  all of it on one page, for a browser
  $out/report/session/duplicates.png               the overexposed beside the earlier exposures
  $out/report/session/duplicates_badfiles_jpg.txt  their names; duplicates_keepfiles_jpg.txt has the others
  $out/report/session/overlaps.png                 the beams of a square, coloured by incident
  $out/report/session/overexposed.csv              what hit each of them, how near, why
  $out/report/session/exposures.csv                everything about each exposure
  $out/report/session/movies.star                  optics groups by AFIS position for RELION; exposure_groups.csv for CryoSPARC
  $out/report/session/beam-shifts.png, stage.png   the positions of AFIS, and the foil's lattice on the stage
  $out/calibration.txt                             how beam shift maps to the stage, and how sure that is
  $out/archive.db                                  the archive, for any SQLite program
  $out/session.truth.json                          what was planted
END
