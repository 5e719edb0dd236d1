#!/usr/bin/env bash
# helicon 2026.10 writes a collection time that depends on the time zone of the computer, for one of EPU's two forms of names.
#
# `helicon images2star IN.star OUT.star --assignOpticGroupByTime N` adds _rlnMovieCollectionTime, which it takes from the movie's
# name. EPU's names have two forms: FoilHole_<hole>_Data_<area>_<setting, 6 to 8 digits>_<date>_<time> (helicon's "EPU_old") and
# FoilHole_<hole>_Data_<area>_<number, 1 to 3 digits>_<date>_<time> (since EPU 3.9 with AFIS: "EPU"). In both, date and time are
# those of the clock of the microscope's computer: they are some seconds from the local part of acquisitionDateTime in the image's
# XML. helicon takes the first form for UTC and the second for local time (extract_data_collection_time), and writes both as local
# time (assign_time_groups). So the first form comes out right only where the computer stands on UTC: elsewhere the time, and
# often the date, is another than that in the name beside it, and another on another computer. Expected: the time of the name.
#
# What it means here: epu-report writes no such column, so a star that went through helicon has it from helicon alone. Our own
# reading of a name's time takes both forms for the microscope's clock.
#
# Needs Python 3.13 or later (PYTHON=...; else the first that is found). Seen on 2026-11-30 with helicon 2026.10 and Python 3.13.
# Usage: helicon-collection-time.sh
set -euo pipefail

python=""
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 "${HOME:-/root}"/.pyenv/versions/3.1[3-9]*/bin/python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || {
    echo "Python 3.13 or later is needed: PYTHON=/path/to/python3 $0" >&2
    exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --prefer-binary helicon==2026.10 starfile==0.5.13

# star FILE NAME: a movies table of one movie, as relion_import writes it.
star() {
    printf '%s\n' "" "# version 30001" "" "data_optics" "" "loop_" "_rlnOpticsGroupName #1" "_rlnOpticsGroup #2" \
        "_rlnMicrographOriginalPixelSize #3" "_rlnVoltage #4" "_rlnSphericalAberration #5" "_rlnAmplitudeContrast #6" \
        "opticsGroup1 1 0.82 300.0 2.7 0.1" "" "" "# version 30001" "" "data_movies" "" "loop_" \
        "_rlnMicrographMovieName #1" "_rlnOpticsGroup #2" "Movies/$2 1" "" >"$1"
}
star "$work/long.star" FoilHole_24001001_Data_24000101_24000103_20260110_213110_fractions.tiff
star "$work/short.star" FoilHole_24001001_Data_24000101_46_20260110_213110_fractions.tiff

echo "helicon $("$work/venv/bin/pip" list --disable-pip-version-check 2>/dev/null | awk '$1 == "helicon" { print $2 }')," \
    "_rlnMovieCollectionTime of a movie of 2026-01-10 21:31:10:"
seen=""
cd "$work"
# Written as POSIX says, so that no database of zones is needed: UTC, New York in winter, Tokyo.
for zone in UTC0 EST5 JST-9; do
    for form in long short; do
        # HOME and the current folder: helicon writes its cache and a log there.
        HOME=$work TZ=$zone "$work/venv/bin/helicon" images2star "$work/$form.star" "$work/$form-$zone.star" \
            --assignOpticGroupByTime 1 >"$work/log" 2>&1 || {
            cat "$work/log" >&2
            exit 1
        }
        seen+="TZ=$zone $(grep -h FoilHole "$work/$form-$zone.star" | awk '{ print $1, $3 }')"$'\n'
    done
done
printf '%s' "$seen"

long=Movies/FoilHole_24001001_Data_24000101_24000103_20260110_213110_fractions.tiff
short=Movies/FoilHole_24001001_Data_24000101_46_20260110_213110_fractions.tiff
expected="TZ=UTC0 $long 2026-01-10_21-31-10
TZ=UTC0 $short 2026-01-10_21-31-10
TZ=EST5 $long 2026-01-10_16-31-10
TZ=EST5 $short 2026-01-10_21-31-10
TZ=JST-9 $long 2026-01-11_06-31-10
TZ=JST-9 $short 2026-01-10_21-31-10
"
[ "$seen" = "$expected" ] || {
    printf 'This has changed; before it was:\n%s' "$expected" >&2
    exit 1
}
echo "Expected: 2026-01-10_21-31-10 in all six."
