#!/bin/sh
# Installs the tools from this folder: install.sh [PREFIX]
# PREFIX is /usr/local unless it is given. `install.sh --check` only looks whether the tools can run here.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
files=share/doc/epu-archive/files

fail() {
    echo "$*" >&2
    exit 1
}

# The packages that have a library, of Debian and of RHEL.
packages() {
    case $1 in
    libcairo.so.*) echo libcairo2 cairo ;;
    libpng16.so.*) echo libpng16-16 libpng ;;
    libxml2.so.*) echo libxml2 libxml2 ;;
    libz.so.*) echo zlib1g zlib ;;
    libgcc_s.so.*) echo libgcc-s1 libgcc ;;
    esac
}

check() {
    ldd "$here"/bin/* >/dev/null 2>&1 || ldd --version >/dev/null 2>&1 ||
        fail "There is no ldd here, of glibc. The tools need glibc; INSTALL.txt says how a container has it."
    found=$(ldd "$here"/bin/* 2>&1) || true

    case $found in
    *"not a dynamic executable"*)
        fail "The tools were built for another kind of processor than this one, $(uname -m)." ;;
    esac

    needed=$(printf '%s\n' "$found" | sed -n "s/.*version .GLIBC_\([0-9.]*\). not found.*/\1/p" | sort -t . -k 1,1n -k 2,2n | tail -n 1)
    [ -z "$needed" ] || fail "This system's C library is too old: the tools need glibc $needed or later, and here is \
$(ldd --version | sed -n '1s/.* //p'). Debian 12, Ubuntu 22.04 and RHEL 9 have it, and later ones; INSTALL.txt says how a \
container brings it along."

    missing=$(printf '%s\n' "$found" | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u)
    [ -n "$missing" ] || return 0
    debian="" rhel=""
    for library in $missing; do
        # shellcheck disable=SC2046
        set -- $(packages "$library")
        debian="$debian ${1:-$library}" rhel="$rhel ${2:-$library}"
    done
    # shellcheck disable=SC2086
    echo "The tools need libraries that are not installed here:" $missing >&2
    echo "On Debian, Ubuntu:           apt-get install --no-install-recommends$debian" >&2
    fail "On RHEL, Rocky, AlmaLinux:   dnf install$rhel"
}

check
"$here/bin/epu-ingest" --version >/dev/null || fail "The tools do not start here."
if [ "${1:-}" = --check ]; then
    echo "The tools can run here."
    exit 0
fi

prefix=${1:-/usr/local}
mkdir -p "$prefix/bin" 2>/dev/null || true
[ -w "$prefix/bin" ] ||
    fail "You may not write to $prefix: install as root, or to a folder of your own, as $0 \$HOME/.local"
prefix=$(cd "$prefix" && pwd)
while read -r file; do
    mkdir -p "$prefix/$(dirname "$file")"
    mode=644
    [ ! -x "$here/$file" ] || mode=755
    install -m "$mode" "$here/$file" "$prefix/$file"
done <"$here/$files"

echo "Installed epu-archive $("$prefix/bin/epu-ingest" --version) in $prefix."
echo "To remove it: cd $prefix && xargs rm -f <$files"
case :$PATH: in
*":$prefix/bin:"*) ;;
*) echo "The shell does not look there yet: export PATH=$prefix/bin:\$PATH" ;;
esac
