#!/usr/bin/env bash
# emtools 0.1.3 says that a session of 30 hours lasted 6 hours.
#
# `emt-epu --scan FOLDER` (and `emt-files --stats FOLDER`, and the 'duration' of EPU.Data.info() and MovieFiles.info()) gives the
# first file, the last file and "Duration: ... hours". The number is (last - first).seconds / 3600, and Python's timedelta.seconds
# is only what is left over after whole days: these are in timedelta.days. So every whole day is dropped without a word. The two
# times that are printed above the number are right, so the output contradicts itself. Python's documentation names
# total_seconds() for this.
#
# It matters because sessions of more than a day are not rare (up to 98 h among 61 sessions of one facility in 2023): a rate of
# exposures per hour that is made of this duration is too high, here by a factor of 5 and of 49.
#
# What it means here: nothing of ours goes through emtools. The hours of a session that the reports and the archive give are made
# of all the seconds between its exposures (AcquisitionRate.swift).
#
# Seen on 2026-11-30 with emtools 0.1.3 and Python 3.11. Usage: emtools-long-session.sh
set -euo pipefail
export TZ=UTC

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --prefer-binary \
    emtools==0.1.3 xmltodict==0.14.2 mrcfile==1.5.4 "numpy<2.3" pillow psutil

# session NAME START END: an EPU session of two EER movies, the first and the last, as EPU names them, with their file times.
session() {
    local data="$work/$1/Images-Disc1/GridSquare_7001/Data" time
    mkdir -p "$data"
    for time in "$2" "$3"; do
        touch -d "$time" "$data/FoilHole_8001_Data_9001_9003_$(date -d "$time" +%Y%m%d_%H%M%S)_EER.eer"
    done
}

session six_hours "2026-01-10 09:00:00" "2026-01-10 15:00:00"
session thirty_hours "2026-01-10 09:00:00" "2026-01-11 15:00:00"
session ninety_eight_hours "2026-01-10 09:00:00" "2026-01-14 11:00:00"

echo "emtools $("$work/venv/bin/pip" list --disable-pip-version-check 2>/dev/null | awk '$1 == "emtools" { print $2 }')," \
    "emt-epu --scan of three sessions of two movies each:"
seen=""
for name in six_hours thirty_hours ninety_eight_hours; do
    output=$("$work/venv/bin/emt-epu" --scan "$work/$name")
    echo "$name"
    # The same four lines stand there once for all files and once for the movies.
    sed -n '/^First movie/,$p' <<<"$output" | grep -E 'time:|Duration' | sed 's/^[[:space:]]*/    /'
    seen+="$(sed -n '/^First movie/,$p' <<<"$output" | grep Duration)"$'\n'
done

expected="Duration: 6.00 hours
Duration: 6.00 hours
Duration: 2.00 hours
"
[ "$seen" = "$expected" ] || {
    printf 'This has changed; before it was:\n%s' "$expected" >&2
    exit 1
}
echo "Expected: 6, 30 and 98 hours, the last time less the first."
