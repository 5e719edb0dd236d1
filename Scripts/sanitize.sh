#!/bin/sh
# Runs tests in a build with a sanitizer, in memory as `make test` does: sanitize.sh CHECK [OPTION...], with options of `swift test`.
# CHECK is address (memory that is used after its end or beyond it, or leaks, and what C leaves undefined) or thread (data that two
# threads use at once). The tools that the tests run as a user would are built with it, too.
set -eu
cd "$(dirname "$0")/.."

check=$1
shift
swift=${SWIFT:-swift}
scratch=.build-$check
found=$PWD/$scratch/found

# Swift for Linux has no `--sanitize undefined`: its own code traps where C would go on. The compiler of C has one, whose other half
# comes with that of addresses.
set -- --scratch-path "$scratch" "$@"
if [ "$check" = address ]; then undefined="-Xcc -fsanitize=undefined"; else undefined=; fi

echo "Tests with the sanitizer of $check"
# shellcheck disable=SC2086
"$swift" build --build-tests --sanitize "$check" $undefined --scratch-path "$scratch"

# What is found is written into files: tests do not show what a tool that they run says of itself.
mkdir -p "$found"
rm -f "$found"/report.*
export ASAN_OPTIONS="log_path=$found/report"
export LSAN_OPTIONS="suppressions=$PWD/Tests/leak-suppressions.txt:print_suppressions=0"
export TSAN_OPTIONS="log_path=$found/report:suppressions=$PWD/Tests/thread-suppressions.txt"
export UBSAN_OPTIONS="log_path=$found/report:print_stacktrace=1"
# Swift's own account of a crash would get in the way of the sanitizer's.
export SWIFT_BACKTRACE=enable=no

status=0
Scripts/run-tests.sh "$scratch/debug" "$@" || status=$?
for report in "$found"/*; do
    [ -e "$report" ] || break
    head -n 60 "$report"
    status=1
done
[ "$status" -eq 0 ] || echo "What the sanitizer reports, if anything, is in $found." >&2
exit "$status"
