#!/usr/bin/env bash
# Builds the packages of the last commit in two folders, and compares them byte by byte: twice.sh FOLDER, which has to be empty or
# missing. Both take the versions of the dependencies from this folder's Package.resolved, which is not in the repository. The
# paths of the two are of one length: Swift 6.3 leaves the length of a source's path, though not the path, in each executable
# (in the check of withoutActuallyEscaping in GRDB's Database+Dump.swift).
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:?"give a folder for the two builds"}"
folder=$(cd "$1" && pwd)

for clone in "$folder/build 1" "$folder/build 2"; do
    git clone --quiet "$project" "$clone"
    [ ! -f "$project/Package.resolved" ] || cp "$project/Package.resolved" "$clone"
    "$clone/Packaging/dist.sh" "$clone/dist"
done
cat "$folder/build 1/dist/SHA256SUMS"
if diff "$folder/build 1/dist/SHA256SUMS" "$folder/build 2/dist/SHA256SUMS"; then
    echo "Both builds gave the same bytes."
else
    echo "The builds differ: diffoscope shows where." >&2
    exit 1
fi
