#!/usr/bin/env bash
# One command: set everything up, then start Duplex VM.
#   ./run.sh [--yes] [--no-system] [arguments of duplex-vm]
# Without a screen and without arguments it does its main job once off-screen, into ./offscreen/.
set -euo pipefail
# shellcheck source=packaging/bootstrap.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/packaging/bootstrap.sh"

has_screen() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; }

# -P: a folder called `app` where the person stands must not be taken for ours.
start_app() { PYTHONPATH=$HERE exec "$VENV/bin/python" -P -m app "$@"; }

do_main_job_offscreen() {
  local output=$HERE/offscreen
  say "No screen here (DISPLAY and WAYLAND_DISPLAY are not set), so this runs off-screen:"
  say "a tiny system is installed and started; see running-system.png, main-window.png in $output"
  mkdir -p "$output"
  QT_QPA_PLATFORM=offscreen PYTHONPATH=$HERE \
    exec "$VENV/bin/python" "$HERE/packaging/offscreen.py" "$output"
}

read_options "$@"
if [ "${#ARGS[@]}" -gt 0 ] || has_screen; then
  bootstrap
  start_app "${ARGS[@]}"
else
  WANT_DISC=1 bootstrap
  do_main_job_offscreen
fi
