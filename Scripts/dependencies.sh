#!/bin/sh
# Installs the C libraries that the build needs, where they are missing. Debian, Ubuntu and their like.
set -eu

modules="sqlite3 libxml-2.0 libturbojpeg libpng zlib cairo"
packages="pkg-config libsqlite3-dev libxml2-dev libturbojpeg0-dev libpng-dev zlib1g-dev libcairo2-dev"

complete() {
    # shellcheck disable=SC2086
    command -v pkg-config >/dev/null && pkg-config --exists $modules
}

complete && exit 0

if ! command -v apt-get >/dev/null; then
    echo "These libraries are needed, with their headers, and pkg-config: $modules." >&2
    echo "There is no apt-get here: install them with this system's own package manager." >&2
    exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null; then
    as_root="sudo"
else
    echo "Some C libraries are missing, and only root may install them. As root, run:" >&2
    echo "    apt-get update && apt-get install $packages" >&2
    exit 1
fi

echo "Installing $packages"
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends $packages >/dev/null

if ! complete; then
    echo "apt-get installed the packages, but pkg-config still misses one of: $modules." >&2
    exit 1
fi
