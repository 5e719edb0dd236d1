#!/bin/sh
# Runs the tests that are built: run-tests.sh TOOLS [OPTION...], with options of `swift test`. TOOLS is the folder of the built tools
# that the tests run as a user would.
#
# The tests write and remove very many small files. Where memory is free, these lie in memory: file systems on disks
# take up to half of the tests' time to find room for them.
set -eu
cd "$(dirname "$0")/.."

EPU_TESTED_TOOLS=$(cd "$1" && pwd)
export EPU_TESTED_TOOLS
shift

megabytes=4000
in_memory=/dev/shm
if [ "$(df -Pm "$in_memory" 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt "$megabytes" ] 2>/dev/null &&
    [ "$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)" -gt $((2 * megabytes)) ]; then
    TMPDIR=$(mktemp -d "$in_memory/epu-archive-tests.XXXXXX")
    export TMPDIR
    # Some tests have another user look at their files.
    chmod 755 "$TMPDIR"
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 1' HUP INT TERM
fi

"${SWIFT:-swift}" test --disable-xctest --skip-build "$@"
