#!/usr/bin/env bash
# Builds the tools as packages have them, in .build-dist: build.sh [--show-bin-path]
# Swift's runtime, SQLite, TurboJPEG and libstdc++ go into the executables, so that these run where Swift is not installed, where
# SQLite is too old for STRICT tables (before 3.37), and where the C++ library is older than the one here. Two builds of the
# same sources in two folders give the same bytes, with the same compiler and libraries.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$PWD/.build-dist
build=("${SWIFT:-swift}" build -c release --scratch-path "$scratch")

if [ "${1:-}" = --show-bin-path ]; then
    exec "${build[@]}" --show-bin-path
fi

# The file of an archive of the system: archive NAME PACKAGE_OF_DEBIAN
archive() {
    local file
    file=$(cc -print-file-name="$1")
    [ -f "$file" ] || {
        echo "There is no $1 here, which the packages' executables contain. Debian's package $2 has it." >&2
        exit 1
    }
    echo "$file"
}

archives=("$(archive libsqlite3.a libsqlite3-dev)" "$(archive libturbojpeg.a libturbojpeg0-dev)" "$(archive libstdc++.a g++)")

# They are linked to in a folder that the linker searches before the system's: pkg-config, as SwiftPM reads it, says that all
# libraries lie there. What is not there the linker finds where it always does. The folder has the sum of what is in it in its
# name: the tools are linked again when that changes.
link=$scratch/link-$(cat Packaging/older_glibc.c "${archives[@]}" | sha256sum | cut -c 1-12)
mkdir -p "$link"
ln -sf "${archives[@]}" "$link"
cc -O2 -g0 -c Packaging/older_glibc.c -o "$link/older_glibc.o"
for module in libxml-2.0 libturbojpeg libpng zlib cairo; do
    folder=$(pkg-config --variable=pcfiledir "$module")
    # A blank in a path has to be told from one between options.
    awk -v libdir="${link// /\\\\ }" '/^libdir=/ { $0 = "libdir=" libdir } { print }' "$folder/$module.pc" >"$link/$module.pc"
done

# Paths of this folder, which error messages of libraries would name, become relative. Debug information is not kept, and neither
# is the build id: the linker takes it over all that it was given, also over what stage.sh takes out.
PKG_CONFIG_PATH=$link exec "${build[@]}" --static-swift-stdlib --disable-local-rpath \
    -Xswiftc -gnone -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc -g0 -Xcc "-ffile-prefix-map=$PWD=." \
    -Xlinker --build-id=none -Xlinker --wrap=hypot -Xlinker --wrap=hypotf -Xlinker "$link/older_glibc.o"
