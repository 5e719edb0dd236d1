#!/usr/bin/env bash
# Installs the packages of `make dist` on bare systems of this system's release, and uses them there without Swift and without
# network: test-dist.sh DIST_FOLDER. It needs root, for chroot, and mmdebstrap; packages come from where apt has them here.
# With EPU_TEST_BROWSER=1 the page is opened there, too, in Chromium, which takes a minute and a gigabyte.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
dist=$(cd "${1:?"give the folder of the packages"}" && pwd)
version=$(sed -n 's/^public let toolVersion = "\(.*\)"$/\1/p' "$project/Sources/Shared/Core/Text/ToolVersion.swift")
name=epu-archive-$version-linux-$(uname -m)
tarball=$dist/$name.tar.gz
deb=$(find "$dist" -name "epu-archive_$version-*_$(dpkg --print-architecture).deb" | sort -V | tail -n 1)
tools="epu-ingest epu-analyze epu-report epu-simulate"
# What the executables may need of the system, and how new a glibc: what INSTALL.txt says.
libraries="ld-linux libc libcairo libgcc_s libm libpng16 libxml2 libz"
glibc=2.34

fail() { echo "$*" >&2; exit 1; }
step() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

unshare --mount true 2>/dev/null || fail "Only root, where it may mount, can change into the bare systems: run this as root."
[ -f "$tarball" ] || fail "There is no $tarball: run make dist."
[ -n "$deb" ] || fail "There is no .deb of $version in $dist: run make dist."
work=$(mktemp -d "${TMPDIR:-/tmp}/epu-dist.XXXXXX")
trap 'rm -rf --one-file-system -- "$work"' EXIT

# A system with apt and nothing else, from the mirrors that apt uses here.
bare_system() {
    local release
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        sort -u | awk -v release="$release" '$3 == release || index($3, release "-") == 1' >"$work/sources"
    [ -s "$work/sources" ] || fail "apt knows no mirror of $release: run apt-get update."
    mmdebstrap --quiet --variant=apt "$release" "$work/bare" "$work/sources"
}

# Makes a system NAME as the bare one is.
system() {
    root=$work/$1
    cp -a "$work/bare" "$root"
    cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"
    inside apt-get -qq update
}

# Runs a command in the system, as on a computer of its own: with /proc, which a Swift program has its arguments from, and without
# variables from here. The mounts end with the command.
inside() { in_system --mount "$@"; }
offline() { in_system --mount --net "$@"; }
in_system() {
    local options=()
    while [[ $1 == --* ]]; do options+=("$1"); shift; done
    # shellcheck disable=SC2016
    unshare "${options[@]}" sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i "$@"' "$root" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
install_packages() {
    inside env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >"$work/apt.out" 2>&1 || {
        cat "$work/apt.out"
        fail "These cannot be installed: $*"
    }
}

# From a simulated session to lists, pages and pictures, with nothing but what is in the package. The demo fails unless exactly
# the planted overlaps are found.
use_tools() {
    [ "$(offline epu-report --version)" = "$version" ] || fail "The installed epu-report is not $version."
    cp "$project/Scripts/demo.sh" "$root/root/demo.sh"
    offline sh /root/demo.sh "$1/bin" /root/demo >"$work/demo.out" 2>&1 || { cat "$work/demo.out"; fail "The demo failed."; }
    local file
    for file in duplicates_badfiles_jpg.txt overexposed.csv report.html duplicates.png overlaps.svg; do
        [ -s "$root/root/demo/report/session/$file" ] || fail "The demo did not write $file."
    done
    for tool in $tools; do
        offline man -w "$tool" >/dev/null || fail "There is no man page of $tool."
        offline man "$tool" 2>/dev/null | grep SYNOPSIS >/dev/null || fail "The man page of $tool cannot be shown."
    done
}

# What the README does with a session, command by command, as a newcomer pastes it.
follow_readme() {
    local session
    awk '/^```sh$/ { block = 1; next } /^```$/ { block = 0 } block && !/^make/' "$project/README.md" >"$work/commands"
    session=$(grep -o '/data/[^ ]*' "$work/commands" | sort -u) || true
    [ "$(wc -w <<<"$session")" -eq 1 ] || fail "The README's commands are not about one session: $session"
    cat >"$root/root/readme.sh" <<'END'
set -eux
mkdir -p /root/readme "$(dirname "$1")"
cd /root/readme
epu-simulate "$1" --exposures 300 --unmoved-stage 1 --repeated-hole 2
END
    cat "$work/commands" >>"$root/root/readme.sh"
    offline sh /root/readme.sh "$session" >"$work/readme.out" 2>&1 || { cat "$work/readme.out"; fail "The README's commands failed."; }
    page=$(cd "$root" && find root/readme/report -name report.html)
    [ -n "$page" ] || fail "The README's commands wrote no page."
}

# A browser shows the page as the page itself says when all of it is there.
open_page() {
    install_packages chromium
    offline chromium --headless --no-sandbox --disable-gpu --user-data-dir=/root/browser --virtual-time-budget=20000 \
        --dump-dom "file:///$1" >"$work/page.html" 2>"$work/browser.out" || { cat "$work/browser.out"; fail "Chromium failed."; }
    grep -q '<html[^>]*data-ready="yes"' "$work/page.html" || fail "Chromium does not show the page of $1 whole."
    step "Chromium showed the page, $(grep -o '<tr' "$work/page.html" | wc -l) rows of tables in it"
}

# Completions must parse in each shell that is here; bash's must also complete what it is for.
completions() {
    local share=$1 zsh=$2
    for tool in $tools; do
        bash -n "$share/bash-completion/completions/$tool"
        bash -c ". $share/bash-completion/completions/$tool && complete -p $tool" >/dev/null || fail "bash does not complete $tool."
        if command -v zsh >/dev/null; then zsh -n "$zsh/_$tool"; fi
        if command -v fish >/dev/null; then fish -n "$share/fish/vendor_completions.d/$tool.fish"; fi
    done
}

# The executables need no other libraries, and no newer glibc, than the documentation says.
needs() {
    local needed newest
    needed=$(for tool in $tools; do objdump -p "$1/$tool"; done | sed -n 's/.*NEEDED *\(ld-linux\|[a-z_0-9]*\).*/\1/p' | sort -u)
    for library in $needed; do
        case " $libraries " in
        *" $library "*) ;;
        *) fail "The executables need $library, which INSTALL.txt and install.sh do not know." ;;
        esac
    done
    newest=$(for tool in $tools; do objdump -T "$1/$tool"; done | grep -o 'GLIBC_2[0-9.]*' | sort -uV | tail -n 1)
    [ "$(printf '%s\n' "$newest" "GLIBC_$glibc" | sort -V | tail -n 1)" = "GLIBC_$glibc" ] ||
        fail "The executables need $newest, and INSTALL.txt says $glibc."
}

test_tarball() {
    system tarball
    tar --extract --file "$tarball" --directory "$root/opt"
    needs "$root/opt/$name/bin"
    completions "$root/opt/$name/share" "$root/opt/$name/share/zsh/site-functions"
    if inside "/opt/$name/install.sh" >"$work/missing" 2>&1; then fail "install.sh misses no libraries on a bare system."; fi
    grep -q 'libcairo.so.2' "$work/missing" || fail "install.sh does not say that libcairo.so.2 is missing: $(cat "$work/missing")"
    # What it tells people of Debian to install must be all that was missing.
    local packages
    packages=$(sed -n 's/.*apt-get install --no-install-recommends//p' "$work/missing")
    # shellcheck disable=SC2086
    install_packages $packages man-db
    inside "/opt/$name/install.sh" >"$work/installed" || fail "install.sh failed."
    use_tools /usr/local
    (cd "$root/usr/local" && xargs rm -f <share/doc/epu-archive/files)
    [ -z "$(find "$root/usr/local" -name '*epu*' -type f)" ] || fail "The tools were not removed whole."
    rm -rf --one-file-system -- "$root"
}

test_deb() {
    system deb
    cp "$deb" "$root/root/epu-archive.deb"
    install_packages man-db /root/epu-archive.deb
    completions "$root/usr/share" "$root/usr/share/zsh/vendor-completions"
    use_tools /usr
    follow_readme
    if [ -n "${EPU_TEST_BROWSER:-}" ]; then open_page "$page"; fi
    inside env DEBIAN_FRONTEND=noninteractive apt-get -qq purge epu-archive >/dev/null 2>&1
    [ -z "$(find "$root/usr" -name '*epu-*')" ] || fail "The .deb was not removed whole."
    if command -v lintian >/dev/null; then lintian --fail-on error --allow-root "$deb"; fi
    rm -rf --one-file-system -- "$root"
}

bare_system
step "a bare system of $(du -sm "$work/bare" | cut -f 1) MB is there"
test_tarball
step "the tarball was installed and used"
test_deb
step "the .deb was installed and used"
