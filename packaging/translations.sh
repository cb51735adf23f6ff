#!/usr/bin/env bash
# Gathers the strings of the views into resources/translations/*.ts and builds the .qm files from
# them. Run it after a string has changed; both kinds of files are committed.
set -euo pipefail
HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
TOOLS=${DUPLEX_VM_VENV:-$HERE/.venv}/bin
cd "$HERE"
mapfile -t SOURCES < <(find app/views app/exclusive app/desktop -name '*.py' | LC_ALL=C sort)
for file in resources/translations/*.ts; do
  "$TOOLS/pyside6-lupdate" -no-obsolete -locations none -source-language en_US \
    "${SOURCES[@]}" -ts "$file"
  "$TOOLS/pyside6-lrelease" -silent "$file" -qm "${file%.ts}.qm"
done
