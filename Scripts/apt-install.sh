#!/bin/sh
# Installs packages of Debian, Ubuntu and their like: apt-install.sh PACKAGE...
set -eu

if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here: install what these packages have with this system's own package manager: $*" >&2
    exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null; then
    as_root="sudo"
else
    echo "Some packages are missing, and only root may install them. As root, run:" >&2
    echo "    apt-get update && apt-get install $*" >&2
    exit 1
fi

echo "Installing $*"
$as_root apt-get -qq update
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >/dev/null
