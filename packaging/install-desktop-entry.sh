#!/usr/bin/env bash
# Puts Duplex VM of this checkout into your own menu, so that a click or an ISO file opens it; and
# its manual page and the completion of its words where man and the shells look for them.
#   packaging/install-desktop-entry.sh [--remove]
# Nothing outside of your own data folder is touched, and no default application is changed.
set -euo pipefail
HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
ID=io.github.duplexvm.DuplexVM
DATA=${XDG_DATA_HOME:-$HOME/.local/share}
ENTRY=$DATA/applications/$ID.desktop
ICON=$DATA/icons/hicolor/scalable/apps/$ID.svg
MANUAL=$DATA/man/man1/duplex-vm.1
BASH_WORDS=$DATA/bash-completion/completions/duplex-vm
ZSH_WORDS=$DATA/zsh/site-functions/_duplex-vm
FISH_WORDS=$DATA/fish/vendor_completions.d/duplex-vm.fish
PROGRAM=${DUPLEX_VM_VENV:-$HERE/.venv}/bin/duplex-vm

if [ "${1:-}" = --remove ]; then
  rm -f "$ENTRY" "$ICON" "$MANUAL" "$BASH_WORDS" "$ZSH_WORDS" "$FISH_WORDS"
  echo "Removed from the menu."
  exit 0
fi
if [ ! -x "$PROGRAM" ]; then
  echo "Run ./run.sh once, then this again." >&2
  exit 3
fi
mkdir -p "$(dirname "$ENTRY")" "$(dirname "$ICON")"
cp "$HERE/resources/icons/$ID.svg" "$ICON"
# In an entry's Exec a quoted argument takes any path (Desktop Entry Specification, "Exec").
quoted=$(printf '%s' "$PROGRAM" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
while IFS= read -r line; do
  case $line in
    Exec=*) printf 'Exec="%s" %%u\n' "$quoted" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$HERE/packaging/desktop/$ID.desktop" >"$ENTRY"
if command -v update-desktop-database >/dev/null; then
  update-desktop-database "$DATA/applications" || true # only a cache
fi

# put FILE: what comes in, where it belongs.
put() {
  mkdir -p "$(dirname "$1")"
  cat >"$1"
}
put "$MANUAL" <"$HERE/packaging/man/duplex-vm.1"
"$PROGRAM" completion bash | put "$BASH_WORDS"
"$PROGRAM" completion zsh | put "$ZSH_WORDS"
"$PROGRAM" completion fish | put "$FISH_WORDS"
echo "Duplex VM is in your menu: $ENTRY"
