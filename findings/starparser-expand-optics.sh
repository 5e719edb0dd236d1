#!/usr/bin/env bash
# starparser 1.60 gives particles the optics groups of a micrographs file, says that no particle got one, and takes names and
# numbers apart where the second file's data_optics is not in the order of its numbers.
#
# `starparser --i particles.star --f micrographs.star --expand_optics GROUP` divides one optics group of particles into those of a
# second file: the way from one group to one for each beam-shift position of AFIS. Two surprises:
#
# 1. It prints "The number of particles that have acquired a new optics group number = 0" whatever it did: the table before and the
#    table after, which it compares, are one and the same.
# 2. It numbers the rows of the new data_optics 1, 2, 3 as they stand in the second file, but leaves the particles the numbers that
#    their micrographs have there. RELION identifies a group by its number, not by its row. So from data_optics that lists group 3
#    first the particles of group 3 get the name of another group, without a word.
#
# Expected: the number of particles that changed; the name of each particle's group is that of its micrograph.
#
# What it means here: epu-report writes data_optics in the order of the numbers, so the groups come out right, and only the 0 misleads.
# `epu-report optics --star` divides the groups of particles without it. Documentation/optics.md says so.
#
# Seen on 2026-11-30 with starparser 1.60 and Python 3.11. Usage: starparser-expand-optics.sh
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --prefer-binary starparser==1.60

# optics NAME NUMBER...: data_optics with these rows. table NAME MICROGRAPH GROUP...: a data table behind it.
optics() {
    printf '%s\n' "" "# version 30001" "" "data_optics" "" "loop_" "_rlnOpticsGroupName #1" "_rlnOpticsGroup #2" \
        "_rlnMicrographPixelSize #3" "_rlnVoltage #4" "_rlnSphericalAberration #5" "_rlnAmplitudeContrast #6"
    while [ $# -gt 0 ]; do
        echo "$1 $2 0.82 300.0 2.7 0.1"
        shift 2
    done
}
table() {
    printf '%s\n' "" "" "# version 30001" "" "data_$1" "" "loop_" "_rlnMicrographName #1" "_rlnOpticsGroup #2"
    shift
    while [ $# -gt 0 ]; do
        echo "$1 $2"
        shift 2
    done
    echo
}

# Six particles of one group, two on each of three micrographs.
{
    optics all 1
    table particles M/near.mrc 1 M/near.mrc 1 M/middle.mrc 1 M/middle.mrc 1 M/far.mrc 1 M/far.mrc 1
} >"$work/particles.star"
# Each micrograph is in the group of its name.
{
    optics near 1 middle 2 far 3
    table micrographs M/near.mrc 1 M/middle.mrc 2 M/far.mrc 3
} >"$work/ordered.star"
{
    optics far 3 near 1 middle 2
    table micrographs M/near.mrc 1 M/middle.mrc 2 M/far.mrc 3
} >"$work/unordered.star"

echo "starparser $("$work/venv/bin/pip" list --disable-pip-version-check 2>/dev/null | awk '$1 == "starparser" { print $2 }')," \
    "--expand_optics: micrograph of each particle, name of its new group"
seen=""
for file in ordered unordered; do
    "$work/venv/bin/starparser" --i "$work/particles.star" --f "$work/$file.star" --expand_optics all \
        --o "$work/$file-out.star" >"$work/log"
    said=$(grep -o 'acquired a new optics group number = [0-9]*' "$work/log")
    seen+="$file: $said"$'\n'
    seen+=$(awk '
        $1 ~ /^data_/ { block = $1; next }
        $1 ~ /^_rln/ { sub("#", "", $2); column[block, $1] = $2; next }
        NF < 2 || $1 ~ /^#/ { next }
        block == "data_optics" { name[$column[block, "_rlnOpticsGroup"]] = $column[block, "_rlnOpticsGroupName"]; next }
        { print "  " $column[block, "_rlnMicrographName"], name[$column[block, "_rlnOpticsGroup"]] }
    ' "$work/$file-out.star" | sort -u)$'\n'
done
printf '%s' "$seen"

expected="ordered: acquired a new optics group number = 0
  M/far.mrc far
  M/middle.mrc middle
  M/near.mrc near
unordered: acquired a new optics group number = 0
  M/far.mrc middle
  M/middle.mrc near
  M/near.mrc far
"
[ "$seen" = "$expected" ] || {
    printf 'This has changed; before it was:\n%s' "$expected" >&2
    exit 1
}
echo "Expected: 4 new numbers in both (one group of three keeps number 1), and each micrograph in the group of its own name."
