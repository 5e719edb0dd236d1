#!/usr/bin/env bash
# Makes a package of Debian from a staged folder: deb.sh STAGE OUT_FOLDER
# Its dependencies are the packages of this system from which the executables' libraries come. DEB_MAINTAINER ("NAME <ADDRESS>")
# is who made it, DEB_REVISION the package's own number after that of the tools.
set -euo pipefail
packaging=$(cd "$(dirname "$0")" && pwd)
stage=$(cd "${1:?"give the staged folder"}" && pwd)
out=$(cd "${2:?"give the folder for the package after the staged folder"}" && pwd)
version=${EPU_VERSION:?"the version of the tools"}-${DEB_REVISION:-1}
architecture=$(dpkg --print-architecture)
maintainer=${DEB_MAINTAINER:-$(git -C "$packaging" log -1 --format='%cn <%ce>')}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/DEBIAN" "$work/source/debian"
cp -R "$stage" "$root/usr"

# Debian has these names for what other systems call otherwise.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
install -D -m 644 "$packaging/lintian-overrides" "$root/usr/share/lintian/overrides/epu-archive"
gzip -9n >"$root/usr/share/doc/epu-archive/changelog.Debian.gz" <<END
epu-archive ($version) unstable; urgency=medium

  * Made of epu-archive $EPU_VERSION, whose changes are in changelog.gz.

 -- $maintainer  $(date -u --date "@$SOURCE_DATE_EPOCH" -R)
END

# dpkg-shlibdeps wants to see a source package.
printf 'Source: epu-archive\nPackage: epu-archive\nArchitecture: any\n' >"$work/source/debian/control"
depends=$(cd "$work/source" && dpkg-shlibdeps -O "$root"/usr/bin/* | sed -n 's/^shlibs:Depends=//p')
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod -R u=rwX,go=rX "$root"
# Of the files alone: what folders take depends on the file system.
size=$(find "$root/usr" -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
cat >"$root/DEBIAN/control" <<END
Package: epu-archive
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Depends: $depends
Section: science
Priority: optional
Description: finds cryo-EM micrographs whose place on the grid was exposed before
 epu-ingest reads the sessions that Thermo Fisher's EPU recorded into one SQLite
 archive, epu-analyze finds from the sessions themselves how beam shift maps to
 the stage and which micrographs lie where the grid was exposed before, and
 epu-report writes pages, lists, pictures and optics groups of what was found.
 epu-simulate writes sessions whose truth is known, to try the tools on.
 .
 Swift's runtime and SQLite are part of the executables.
END

dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$out/epu-archive_${version}_$architecture.deb" >/dev/null
