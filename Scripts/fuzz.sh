#!/bin/sh
# Fuzzes the readers: fuzz.sh TOOLS FUZZER FOLDER SECONDS. TOOLS has epu-simulate, FUZZER has epu-fuzz; FOLDER keeps the corpus,
# which grows with every run, and what was found.
set -eu

tools=$1
fuzzer=$2
folder=$3
seconds=$4

# An input is a byte that names the kind (see Fuzz/ReadersFuzz.swift) and a file; large files are cut.
seed() {
    name="$folder/seeds/$2-$(printf '%s' "$3" | cksum | cut -d ' ' -f 1)"
    [ -e "$name" ] || { printf '%b' "$1"; head -c 60000 "$3"; } >"$name"
}

# Of each kind of file some, of a session at a path.
seeds() {
    find "$1" -name 'FoilHole_*_Data_*.xml' | sort | head -n 3 | while read -r file; do seed '\000' image "$file"; done
    find "$1" -path '*/FoilHoles/*.xml' | sort | head -n 2 | while read -r file; do seed '\000' image "$file"; done
    find "$1" -name 'GridSquare_*.xml' | sort | head -n 1 | while read -r file; do seed '\000' image "$file"; done
    find "$1" -name 'EpuSession*' -type f | while read -r file; do seed '\001' session "$file"; done
    find "$1" -path '*/Metadata/GridSquare_*.dm' -size -100k | sort | head -n 2 | while read -r file; do
        seed '\002' holes "$file"
        seed '\016' holes-forgotten "$file"
        seed '\042' holes-in-pieces "$file"
    done
    find "$1" -type f | sed 's|.*/||' | sort | head -n 20 >"$folder/names"
    while read -r file; do printf '\003%s' "$file" >"$folder/seeds/name-$file"; done <"$folder/names"
}

mkdir -p "$folder/seeds" "$folder/corpus" "$folder/found" "$folder/sessions"
for version in 1.2 2.6 3.4 3.7 3.9; do
    for form in line pretty; do
        session="$folder/sessions/epu-$version-$form"
        [ -d "$session" ] || "$tools/epu-simulate" make "$session" --epu-version "$version" --xml-form "$form" \
            --exposures 100 --no-images >/dev/null
        seeds "$session"
    done
done
if [ -d ../shared/data ]; then
    for session in ../shared/data/*/; do seeds "$session"; done
fi
seed '\000' small Fuzz/Seeds/image.xml
seed '\001' small Fuzz/Seeds/session.xml
seed '\001' lists Fuzz/Seeds/lists.xml
seed '\002' small Fuzz/Seeds/holes.xml
seed '\002' lacey Fuzz/Seeds/lacey.xml
seed '\002' hole Fuzz/Seeds/hole.xml
seed '\006' small-forgotten Fuzz/Seeds/holes.xml
seed '\052' small-pieces Fuzz/Seeds/holes.xml

# The words that stand in the seeds: no chance finds `TargetLocationsEfficient`.
cat "$folder"/seeds/* | tr -c 'A-Za-z0-9_:="./<>!-' '\n' | grep -aoE '</?[A-Za-z_:]{1,40}|[a-z]:(Id|Ref|Type|type|nil)="[^"]*"' |
    sort -u | head -n 2000 | sed 's/["\\]/\\&/g; s/.*/"&"/' >"$folder/words"
printf '%s\n' '"<![CDATA["' '"]]>"' '"<!--"' '"-->"' '"<?xml version=\"1.0\" encoding=\"UTF-16\"?>"' '"<!DOCTYPE "' \
    '"<!ENTITY "' '"&#x"' '"&amp;"' '"1E+308"' '"-0"' '"NaN"' >>"$folder/words"

# Swift's own account of a crash would get in the way of the sanitizer's.
export SWIFT_BACKTRACE=enable=no
exec nice "$fuzzer/epu-fuzz" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=1024 \
    -use_value_profile=1 -print_final_stats=1 -dict="$folder/words" -artifact_prefix="$folder/found/" \
    "$folder/corpus" "$folder/seeds"
