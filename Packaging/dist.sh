#!/usr/bin/env bash
# Builds the tools and packs them for machines without Swift and without internet: dist.sh OUT_FOLDER
# Makes epu-archive-VERSION-linux-ARCHITECTURE.tar.gz, and on Debian and its like also the .deb, from one staged folder. The times
# of all files are that of the last commit, or SOURCE_DATE_EPOCH, so that the same sources give the same bytes.
set -euo pipefail
packaging=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?"give the folder for the packages"}"
out=$(cd "$1" && pwd)
cd "$packaging/.."
export LC_ALL=C TZ=UTC
umask 022

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || {
    echo "Without git's last commit, say in SOURCE_DATE_EPOCH which time the files of the packages have." >&2
    exit 1
}
EPU_VERSION=$(sed -n 's/^public let toolVersion = "\(.*\)"$/\1/p' Sources/Shared/Core/Text/ToolVersion.swift)
export SOURCE_DATE_EPOCH EPU_VERSION

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=epu-archive-$EPU_VERSION-linux-$(uname -m)

Packaging/build.sh
# Older packages would be taken for those of this build.
rm -f -- "$out"/epu-archive[-_]*.tar.gz "$out"/epu-archive[-_]*.deb
Packaging/stage.sh "$(Packaging/build.sh --show-bin-path)" "$work/$name"
if command -v dpkg-deb >/dev/null; then
    Packaging/deb.sh "$work/$name" "$out"
fi

# In the tarball alone: what dpkg does for the .deb.
install -m 755 Packaging/install.sh "$work/$name/install.sh"
install -m 644 Packaging/INSTALL.txt LICENSE "$work/$name"
files=share/doc/epu-archive/files
(cd "$work/$name" && { find bin share -type f; echo "$files"; } | sort >"$work/files" && mv "$work/files" "$files")
Packaging/pack.sh "$work" "$name" "$out/$name.tar.gz"
(cd "$out" && sha256sum -- epu-archive[-_]"$EPU_VERSION"* >SHA256SUMS)
ls -l "$out"
