#!/usr/bin/env bash
# Says from what the packages were built: whoever builds the same from it gets the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "epu-archive $EPU_VERSION"
if commit=$(git rev-parse HEAD 2>/dev/null); then
    [ -z "$(git status --porcelain --untracked-files=no)" ] || commit="$commit, with changes that were not committed"
    echo "commit: $commit"
fi
echo "SOURCE_DATE_EPOCH: $SOURCE_DATE_EPOCH"
"${SWIFT:-swift}" --version 2>/dev/null | sed -n 's/^/compiler: /p'
for checkout in .build-dist/checkouts/*/; do
    echo "linked: $(basename "$checkout") $(git -C "$checkout" describe --tags) $(git -C "$checkout" rev-parse HEAD)"
done
for library in sqlite3 libturbojpeg; do
    echo "linked: $library $(pkg-config --modversion "$library")"
done
echo "linked: libstdc++ of GCC $(cc -dumpfullversion)"
for library in libxml-2.0 libpng zlib cairo; do
    echo "headers: $library $(pkg-config --modversion "$library")"
done
