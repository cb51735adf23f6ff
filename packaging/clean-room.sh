#!/usr/bin/env bash
# Prove the two commands in an empty Debian: nothing but a minimal base system and this checkout.
#   packaging/clean-room.sh                        ./run.sh --yes, then ./test.sh --yes
#   packaging/clean-room.sh 'COMMAND' 'COMMAND'    these instead, in the checkout, one after the other
#   packaging/clean-room.sh --as-person ...        the commands after the first run as an ordinary user
# Takes what is committed (HEAD). Needs root, debootstrap and 4 GB of space; leaves nothing behind:
# mounts and processes live in name spaces of their own, which end with this script.
#
# Reads:  CLEAN_ROOM_SUITE    the Debian to take (bookworm)
#         CLEAN_ROOM_MIRROR   where to get it (the first mirror in this machine's own sources)
#         CLEAN_ROOM_DIR      where to build it (TMPDIR, else /var/tmp)
# This machine's settings of apt and pip (proxies, mirrors, certificates) hold inside, too.
set -euo pipefail

HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
SUITE=${CLEAN_ROOM_SUITE:-bookworm}
BASE=${CLEAN_ROOM_DIR:-${TMPDIR:-/var/tmp}}
CHECKOUT=/srv/duplex-vm # inside, as the next one
CERTIFICATES=/etc/outer-certificates.pem
AS_PERSON=0

say() { printf '%s\n' "$*" >&2; }

# The first mirror that this machine uses, from sources in the new (deb822) or the old format.
host_mirror() {
  local found
  found=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '$1 == "URIs:" { print $2; exit }')
  if [ -z "$found" ]; then
    found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null \
      | sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' | head -n 1)
  fi
  printf '%s\n' "$found"
}

# timed WHAT COMMAND...
timed() {
  local what=$1 start=$SECONDS status=0
  shift
  "$@" || status=$?
  say "== $what: $((SECONDS - start)) s, exit $status"
  return "$status"
}

build_base() {
  debootstrap --variant=minbase "$SUITE" "$ROOM" "$MIRROR" >"$ROOM.log" 2>&1 || {
    tail -n 20 "$ROOM.log" >&2
    return 1
  }
}

# Settings that let the two commands reach their servers the way this machine does.
copy_settings() {
  local file
  mkdir -p "$ROOM/root/.config/pip"
  for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /root/.config/pip/pip.conf \
    /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/99*; do
    if [ -f "$file" ]; then install -D -m 644 "$file" "$ROOM$file"; fi
  done
  # Not under its own name: the package ca-certificates, when it comes, would replace it.
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$ROOM$CERTIFICATES"
    PASSED_ON+=("PIP_CERT=$CERTIFICATES" "SSL_CERT_FILE=$CERTIFICATES")
  fi
  printf '#!/bin/sh\nexit 101\n' >"$ROOM/usr/sbin/policy-rc.d" # start no services in here
  chmod 755 "$ROOM/usr/sbin/policy-rc.d"
}

copy_checkout() {
  mkdir -p "$ROOM$CHECKOUT"
  git -C "$HERE" archive --format=tar HEAD | tar -x -C "$ROOM$CHECKOUT"
}

# Runs in name spaces of its own: what it mounts and starts ends with it.
inside() {
  mount -t proc proc "$ROOM/proc"
  mount --rbind /dev "$ROOM/dev"
  mount --rbind /sys "$ROOM/sys"
  mount -t tmpfs -o mode=1777 tmpfs "$ROOM/tmp"
  # This bash stays process 1 of the room and reaps orphans, as a system's init does.
  chroot "$ROOM" /usr/bin/env -i \
    HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${PASSED_ON[@]}" /bin/bash -c "cd $CHECKOUT && $1" </dev/null || exit
}

# Variables about networks go through; everything else stays outside.
collect_environment() {
  local name
  PASSED_ON=()
  while IFS= read -r name; do
    PASSED_ON+=("$name=${!name}")
  done < <(compgen -e | grep -E -i '^(https?_proxy|no_proxy|ftp_proxy|PIP_.*)$' || true)
}

in_room() {
  export ROOM CHECKOUT
  export -f inside
  unshare --mount --pid --fork --kill-child -- \
    /bin/bash -c "set -eu; $(declare -p PASSED_ON); inside \"\$1\"" bash "$1"
}

as_person() { printf 'chown -R person: . && runuser -u person -- env HOME=/home/person %s' "$1"; }

clean_up() {
  rm -rf --one-file-system "$ROOM" "$ROOM.log"
}

main() {
  local commands command status=0 first=1
  if [ "${1:-}" = --as-person ]; then AS_PERSON=1 && shift; fi
  if [ "$#" -gt 0 ]; then commands=("$@"); else commands=('./run.sh --yes' './test.sh --yes'); fi
  MIRROR=${CLEAN_ROOM_MIRROR:-$(host_mirror)}
  ROOM=$(mktemp -d "$BASE/clean-room.XXXXXX")
  trap clean_up EXIT
  trap 'exit 143' TERM
  chmod 755 "$ROOM"
  collect_environment

  timed "an empty Debian $SUITE" build_base
  copy_settings
  copy_checkout
  if [ "$AS_PERSON" = 1 ]; then in_room 'useradd --create-home person'; fi
  for command in "${commands[@]}"; do
    if [ "$AS_PERSON" = 1 ] && [ "$first" = 0 ]; then command=$(as_person "$command"); fi
    timed "$command" in_room "$command" || status=1
    first=0
  done
  say "== in all $SECONDS s, $(du -sm --one-file-system "$ROOM" | cut -f 1) MB"
  return "$status"
}

main "$@"
