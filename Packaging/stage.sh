#!/usr/bin/env bash
# Lays out what is installed below a prefix, as /usr or /usr/local: stage.sh FOLDER_OF_TOOLS STAGE
# Executables without symbols, man pages, completions, the documentation with the scripts that it names, and the licences.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(cd "${1:?"give the folder of the tools"}" && pwd)
stage=${2:?"give the folder to be made after that of the tools"}
share=$stage/share
# `make dist` and these are built from the same packages.
checkouts=.build-dist/checkouts
names=(epu-ingest epu-analyze epu-report epu-simulate)

# The argument parser's own generator, of the version that is linked.
generator() {
    "${SWIFT:-swift}" build --package-path "$checkouts/swift-argument-parser" --scratch-path .build-dist/manual \
        --product generate-manual "$@"
}

# The compiler leaves in each executable a hash of its own arguments, by which it knows what to compile again. They name the folder
# of the build; nothing reads the hashes where the tools run, and zeros take their place.
executables() {
    local hashes
    hashes=$(mktemp)
    mkdir -p "$stage/bin"
    for tool in "${names[@]}"; do
        strip -o "$stage/bin/$tool" "$tools/$tool"
        objcopy --dump-section ".swift_modhash=$hashes" "$stage/bin/$tool"
        head -c "$(stat -c %s "$hashes")" /dev/zero >"$hashes.zeros"
        objcopy --update-section ".swift_modhash=$hashes.zeros" "$stage/bin/$tool"
        chmod 755 "$stage/bin/$tool"
    done
    rm "$hashes" "$hashes.zeros"
}

manual() {
    mkdir -p "$share/man/man1"
    generator
    for tool in "${names[@]}"; do
        "$(generator --show-bin-path)/generate-manual" "$tools/$tool" --output-directory "$share/man/man1" \
            --date "$(date -u --date "@$SOURCE_DATE_EPOCH" +%F)"
    done
    # Between paragraphs the generator leaves empty lines, which mdoc has no meaning for.
    sed -i 's/^$/.Pp/' "$share"/man/man1/*.1
    gzip -9n "$share"/man/man1/*.1
}

completions() {
    mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
    for tool in "${names[@]}"; do
        # It is read by a shell, not run.
        "$tools/$tool" --generate-completion-script bash | sed '1{/^#!/d}' >"$share/bash-completion/completions/$tool"
        "$tools/$tool" --generate-completion-script zsh >"$share/zsh/site-functions/_$tool"
        "$tools/$tool" --generate-completion-script fish >"$share/fish/vendor_completions.d/$tool.fish"
    done
}

# Laid out as in the sources, so that the links of the pages and the paths in the scripts hold.
documentation() {
    local folder=$share/epu-archive
    mkdir -p "$folder/Scripts/slurm" "$folder/Scripts/systemd"
    cp -R README.md schema.sql Documentation "$folder"
    cp Scripts/slurm/*.sbatch "$folder/Scripts/slurm"
    cp Packaging/epu-follow.service "$folder/Scripts/systemd"
    for script in cryosparc_exposures exposure_groups sorted_exposures datasette_metadata documented_questions archive_schema \
        export_parquet exported_archive parquet_folder spark_questions; do
        cp "Scripts/$script.py" "$folder/Scripts"
    done
}

licences() {
    local folder=$share/doc/epu-archive
    mkdir -p "$folder/licences"
    cp Packaging/copyright "$folder"
    gzip -9nc CHANGELOG.md >"$folder/changelog.gz"
    cp Packaging/licences/ICU.txt "$folder/licences"
    cp "$(toolchain)/share/swift/LICENSE.txt" "$folder/licences/Swift.txt"
    cp "$checkouts/swift-argument-parser/LICENSE.txt" "$folder/licences/swift-argument-parser.txt"
    cp "$checkouts/GRDB.swift/LICENSE" "$folder/licences/GRDB.txt"
    cp "$(copyright_of 'libsqlite3-0')" "$folder/licences/SQLite.txt"
    cp "$(copyright_of 'libturbojpeg*')" "$folder/licences/libjpeg-turbo.txt"
    cp "$(copyright_of 'libstdc++6')" "$folder/licences/libstdc++.txt"
    Packaging/origin.sh >"$folder/built-from.txt"
}

# The folder of the Swift toolchain that has bin, lib and share.
toolchain() {
    "${SWIFT:-swift}" -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p'
}

# The file in which a package of the system, NAME or one of a pattern, says under which licences it is.
copyright_of() {
    local file
    # shellcheck disable=SC2231
    for file in /usr/share/doc/$1/copyright; do
        [ -f "$file" ] || { echo "There is no $file, with the licence of what is linked into the tools." >&2; exit 1; }
        echo "$file"
        return
    done
}

executables
manual
completions
documentation
licences
chmod -R u=rwX,go=rX "$stage"
