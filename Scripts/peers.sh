#!/bin/sh
# Installs the programs that `make test-peers` has read what the tools write, where they are missing: RELION, Chromium, and
# Python's venv for the packages of Tests/Peers/requirements.txt. The tools need none of them.
set -eu

missing=""
command -v relion_star_handler >/dev/null || missing="$missing relion"
command -v chromium >/dev/null || missing="$missing chromium"
command -v chromedriver >/dev/null || missing="$missing chromium-driver"
python3 -c "import ensurepip, venv" 2>/dev/null || missing="$missing python3-venv"
# shellcheck disable=SC2086
[ -z "$missing" ] || "$(dirname "$0")/apt-install.sh" $missing
