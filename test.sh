#!/usr/bin/env bash
# One command: set everything up, then run the linters, the types, the layers and the tests.
#   ./test.sh [--yes] [--no-system] [--fast] [arguments of pytest]
# --fast leaves out what is slow or needs an X server. Soak campaigns run only when asked for:
#   ./test.sh -m long
# With arguments for pytest its tests run one after the other; without, side by side, except for
# those with a screen: a person's hands are quick, and a busy machine would make them fail.
set -euo pipefail
# shellcheck source=packaging/bootstrap.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/packaging/bootstrap.sh"

FAILED=()
SELECTED="not long"
WORKERS=$(nproc)
PYTEST_ARGS=()

read_test_options() {
  local argument
  for argument in "$@"; do
    case $argument in
      --fast)
        SELECTED="not slow and not x11 and not long"
        WORKERS=$(($(nproc) + 1)) # Some of them wait for a limit to pass.
        ;;
      *) PYTEST_ARGS+=("$argument") ;;
    esac
  done
}

# step NAME COMMAND...: run it, say how long it took; when it fails, show its words and remember.
step() {
  local name=$1 start=${EPOCHREALTIME/./} verdict=ok words
  shift
  if ! words=$("$@" 2>&1); then
    verdict=FAILED
    FAILED+=("$name")
    printf '%s\n' "$words"
  fi
  printf '%-14s %-6s %5d ms\n' "$name" "$verdict" $(((${EPOCHREALTIME/./} - start) / 1000))
}

tool() { "$VENV/bin/$1" "${@:2}"; }

# Some images forbid it, and each of thousands of processes would compile all modules anew.
unset PYTHONDONTWRITEBYTECODE

read_options "$@"
read_test_options "${ARGS[@]}"
WANT_TEST=1 bootstrap
cd "$HERE"

step "ruff check" tool ruff check --quiet
step "ruff format" tool ruff format --check --quiet
step "mypy" tool mypy --no-error-summary
step "lint-imports" tool lint-imports --no-logo
if [ "${#FAILED[@]}" -gt 0 ]; then say "Failed before the tests: ${FAILED[*]}"; fi

tests() { tool python -m pytest "$@" || FAILED+=("pytest"); }

# Last, so that its closing line is the last line.
if [ "${#PYTEST_ARGS[@]}" -gt 0 ]; then
  tests -m "$SELECTED" "${PYTEST_ARGS[@]}"
else
  tests -m "$SELECTED and not x11" -n "$WORKERS" --maxprocesses 4 --dist loadfile
  case $SELECTED in *"not x11"*) ;; *) tests -m "$SELECTED and x11" ;; esac
fi
[ "${#FAILED[@]}" = 0 ]
