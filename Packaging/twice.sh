#!/usr/bin/env bash
# Builds the packages of the last commit in two folders, and compares them byte by byte: twice.sh FOLDER, which has to be empty or
# missing. Both take the versions of the dependencies from this folder's Package.resolved, which is not in the repository.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:?"give a folder for the two builds"}"
folder=$(cd "$1" && pwd)

for clone in "$folder/first" "$folder/the second, elsewhere"; do
    git clone --quiet "$project" "$clone"
    [ ! -f "$project/Package.resolved" ] || cp "$project/Package.resolved" "$clone"
    "$clone/Packaging/dist.sh" "$clone/dist"
done
cat "$folder/first/dist/SHA256SUMS"
if diff "$folder/first/dist/SHA256SUMS" "$folder/the second, elsewhere/dist/SHA256SUMS"; then
    echo "Both builds gave the same bytes."
else
    echo "The builds differ: diffoscope shows where." >&2
    exit 1
fi
