#!/bin/sh
# Installs the C libraries that the build needs, where they are missing. Debian, Ubuntu and their like.
set -eu

modules="sqlite3 libxml-2.0 libturbojpeg libpng zlib cairo"

has_all() {
    # shellcheck disable=SC2086
    command -v pkg-config >/dev/null && pkg-config --exists $modules
}

has_all && exit 0

if ! "$(dirname "$0")/apt-install.sh" \
    pkg-config libsqlite3-dev libxml2-dev libturbojpeg0-dev libpng-dev zlib1g-dev libcairo2-dev; then
    echo "These libraries are needed, with their headers, and pkg-config: $modules." >&2
    exit 1
fi

if ! has_all; then
    echo "apt-get installed the packages, but pkg-config still misses one of: $modules." >&2
    exit 1
fi
