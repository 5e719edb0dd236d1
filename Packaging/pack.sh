#!/usr/bin/env bash
# Packs a folder so that the same files give the same bytes: pack.sh PARENT NAME FILE.tar.gz
# Order, owner, permissions and time of the entries are set; SOURCE_DATE_EPOCH has the time.
set -euo pipefail
tar --create --directory "$1" --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' \
    --mtime="@${SOURCE_DATE_EPOCH:?"the time of the files"}" "$2" | gzip -6n >"$3.partial"
mv "$3.partial" "$3"
