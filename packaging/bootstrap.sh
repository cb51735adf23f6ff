# shellcheck shell=bash
# The set-up that run.sh and test.sh share: system packages, then a Python environment with the
# locked packages. Source it, then call `bootstrap "$@"`; what it does not know is left in ARGS.
#
# What is missing is told by what the program needs (a shared library, a command, a file), not by
# package names, and when nothing is missing nothing is installed.
#
# Reads:  WANT_TEST=1         also what the tests need
#         WANT_DISC=1         also what building the tiny test disc needs
#         DUPLEX_VM_VENV      where the Python environment goes, instead of .venv in the checkout
#         DUPLEX_VM_PYTHON    the Python to use, instead of the newest that fits
# Sets:   HERE, VENV, ARGS
# Ends:   3 when the person has to do something first (nothing was changed), 4 when a tool failed.

HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
VENV=${DUPLEX_VM_VENV:-$HERE/.venv}
LOCK=$HERE/requirements.lock
ARCH=$(uname -m)
ARGS=()
ASSUME_YES=0
SKIP_SYSTEM=0

readonly PYTHONS=(python3.13 python3.12 python3.11 python3)
readonly MANAGERS=(apt dnf zypper pacman)

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- What is needed ---------------------------------------------------------------------------

# Names of everything that this run needs; each has a probe has_NAME and package names below.
features() {
  echo python glib gl xkb fontconfig dbus brotli xcb xss xtst wayland cjk qemu qemu_img ovmf
  if [ "${WANT_TEST:-0}" = 1 ] || [ "${WANT_DISC:-0}" = 1 ]; then echo nasm; fi
  if [ "${WANT_TEST:-0}" = 1 ]; then
    echo xvfb openbox xdotool dbus_daemon sway wtype filesystems
  fi
}

# Names of what is needed and not there.
missing_features() {
  local feature
  for feature in $(features); do
    "has_$feature" || echo "$feature"
  done
}

# --- Is it there? One probe a feature ---------------------------------------------------------

# The loader's list of shared libraries, read once.
shared_libraries() {
  if [ -z "${LIBRARIES:-}" ]; then
    local ldconfig
    ldconfig=$(command -v ldconfig) || ldconfig=/sbin/ldconfig # not on every person's PATH
    LIBRARIES=$("$ldconfig" -p 2>/dev/null) || LIBRARIES=none
  fi
}

# True when the loader finds every one of these libraries.
has_libraries() {
  local name
  shared_libraries
  for name in "$@"; do
    case $LIBRARIES in *"$name ("*) ;; *) return 1 ;; esac
  done
}

# PySide6 needs these even without a screen (QtCore: glib; QtGui: GL, fontconfig; QtNetwork: brotli).
has_python() { venv_is_current || pick_python >/dev/null; }
has_glib() { has_libraries libglib-2.0.so.0 libgthread-2.0.so.0; }
has_gl() { has_libraries libGL.so.1 libEGL.so.1; }
has_xkb() { has_libraries libxkbcommon.so.0; }
has_fontconfig() { has_libraries libfontconfig.so.1; }
has_dbus() { has_libraries libdbus-1.so.3; }
has_brotli() { has_libraries libbrotlidec.so.1; }
# Qt's platforms xcb and wayland.
has_xcb() {
  has_libraries libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 \
    libxcb-render-util.so.0 libxcb-shape.so.0 libxkbcommon-x11.so.0
}
has_wayland() { has_libraries libwayland-client.so.0 libwayland-cursor.so.0; }
# How long nobody has touched anything: the keyboard is given back before the screen is locked.
has_xss() { has_libraries libXss.so.1; }
# Keys that stay with this computer are handed back to its desktop.
has_xtst() { has_libraries libXtst.so.6; }
# Without such a font Chinese shows as boxes.
has_cjk() { have fc-list && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; }
has_qemu() { have "qemu-system-$ARCH" || [ -x /usr/libexec/qemu-kvm ]; }
has_qemu_img() { have qemu-img; }
has_nasm() { have nasm; }
has_xvfb() { have Xvfb; }
has_openbox() { have openbox; }
has_xdotool() { have xdotool; }
has_dbus_daemon() { have dbus-daemon; }
has_sway() { have sway && have swaymsg; }
has_wtype() { have wtype; }
# The tests make disks with files in them; these tools are not on every person's PATH.
has_filesystems() {
  local tool
  for tool in mke2fs mkfs.fat mkntfs mcopy; do
    have "$tool" || [ -x "/sbin/$tool" ] || return 1
  done
}

# UEFI: a firmware that a descriptor names (QEMU, docs/interop/firmware.json), or a known file.
has_ovmf() {
  local file
  while IFS= read -r file; do
    if [ -e "$file" ]; then return 0; fi
  done < <(described_firmware; known_firmware)
  return 1
}

described_firmware() {
  local descriptors
  shopt -s nullglob
  descriptors=(/etc/qemu/firmware/*.json /usr/share/qemu/firmware/*.json)
  shopt -u nullglob
  if [ "${#descriptors[@]}" = 0 ]; then return 0; fi
  grep -l "\"$ARCH\"" "${descriptors[@]}" | xargs -r grep -l '"uefi"' \
    | xargs -r sed -n 's/.*"filename": *"\([^"]*\)".*/\1/p'
}

known_firmware() {
  case $ARCH in
    x86_64)
      printf '%s\n' /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd \
        /usr/share/edk2/ovmf/OVMF_CODE.fd /usr/share/edk2/x64/OVMF_CODE.4m.fd \
        /usr/share/qemu/ovmf-x86_64-code.bin
      ;;
    aarch64)
      printf '%s\n' /usr/share/AAVMF/AAVMF_CODE.fd /usr/share/edk2/aarch64/QEMU_EFI.fd \
        /usr/share/qemu/aavmf-aarch64-code.bin
      ;;
  esac
}

# --- What it is called: one table a package manager -------------------------------------------

# packages MANAGER FEATURE...: the packages to ask for, one a line, each once.
packages() {
  local manager=$1 feature
  shift
  for feature in "$@"; do "packages_$manager" "$feature"; done | sort -u
}

packages_apt() {
  case $1 in
    python) lines python3 python3-venv ;;
    glib) lines libglib2.0-0 ;;
    gl) lines libgl1 libegl1 ;;
    xkb) lines libxkbcommon0 ;;
    fontconfig) lines libfontconfig1 ;;
    dbus) lines libdbus-1-3 ;;
    brotli) lines libbrotli1 ;;
    xcb) lines libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 ;;
    xss) lines libxss1 ;;
    xtst) lines libxtst6 ;;
    wayland) lines libwayland-cursor0 ;;
    cjk) lines fontconfig fonts-wqy-microhei ;;
    qemu) by_arch qemu-system-x86 qemu-system-arm ;;
    qemu_img) lines qemu-utils ;;
    ovmf) by_arch ovmf qemu-efi-aarch64 ;;
    nasm | xvfb | openbox | xdotool | sway | wtype) lines "$1" ;;
    dbus_daemon) lines dbus-daemon ;;
    filesystems) lines dosfstools e2fsprogs mtools ntfs-3g ;;
  esac
}

# Fedora and openEuler split packages differently, so ask by what a package provides.
packages_dnf() {
  case $1 in
    python) rpm_python ;;
    cjk) lines fontconfig 'font(:lang=zh-cn)' ;;
    ovmf) by_arch edk2-ovmf edk2-aarch64 ;;
    *) packages_rpm "$1" ;;
  esac
}

packages_zypper() {
  case $1 in
    python) rpm_python ;;
    cjk) lines fontconfig 'font(:lang=zh-cn)' ;;
    ovmf) by_arch qemu-ovmf-x86_64 qemu-uefi-aarch64 ;;
    *) packages_rpm "$1" ;;
  esac
}

packages_rpm() {
  case $1 in
    glib) libraries libglib-2.0.so.0 libgthread-2.0.so.0 ;;
    gl) libraries libGL.so.1 libEGL.so.1 ;;
    xkb) libraries libxkbcommon.so.0 ;;
    fontconfig) libraries libfontconfig.so.1 ;;
    dbus) libraries libdbus-1.so.3 ;;
    brotli) libraries libbrotlidec.so.1 ;;
    xcb)
      libraries libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 \
        libxcb-render-util.so.0 libxcb-shape.so.0 libxkbcommon-x11.so.0
      ;;
    xss) libraries libXss.so.1 ;;
    xtst) libraries libXtst.so.6 ;;
    wayland) libraries libwayland-client.so.0 libwayland-cursor.so.0 ;;
    qemu) lines "/usr/bin/qemu-system-$ARCH" ;;
    qemu_img) lines /usr/bin/qemu-img ;;
    nasm | openbox | xdotool | sway | wtype) lines "/usr/bin/$1" ;;
    dbus_daemon) lines /usr/bin/dbus-daemon ;;
    filesystems) lines dosfstools e2fsprogs mtools ntfsprogs ;;
    xvfb) lines /usr/bin/Xvfb ;;
  esac
}

packages_pacman() {
  case $1 in
    python) lines python ;;
    glib) lines glib2 ;;
    gl) lines libglvnd mesa ;;
    xkb) lines libxkbcommon ;;
    fontconfig) lines fontconfig ;;
    dbus) lines dbus ;;
    brotli) lines brotli ;;
    xcb)
      lines libxkbcommon-x11 xcb-util-cursor xcb-util-image xcb-util-keysyms \
        xcb-util-renderutil xcb-util-wm
      ;;
    xss) lines libxss ;;
    xtst) lines libxtst ;;
    wayland) lines wayland ;;
    cjk) lines fontconfig noto-fonts-cjk ;;
    qemu) by_arch qemu-system-x86 qemu-system-aarch64 ;;
    qemu_img) lines qemu-img ;;
    ovmf) by_arch edk2-ovmf edk2-aarch64 ;;
    xvfb) lines xorg-server-xvfb ;;
    nasm | openbox | xdotool | sway | wtype) lines "$1" ;;
    dbus_daemon) lines dbus ;;
    filesystems) lines dosfstools e2fsprogs mtools ntfs-3g ;;
  esac
}

lines() { printf '%s\n' "$@"; }
libraries() { printf '%s()(64bit)\n' "$@"; }

# by_arch X86_64 AARCH64
by_arch() {
  case $ARCH in
    aarch64) lines "$2" ;;
    *) lines "$1" ;;
  esac
}

# The newest Python that fits and that the rpm repositories have; a system's own may be too new.
rpm_python() {
  local version
  for version in 3.13 3.12 3.11; do
    if rpm_repositories_provide "python(abi) = $version"; then
      lines "python(abi) = $version"
      return
    fi
  done
  lines python3
}

rpm_repositories_provide() {
  if have dnf; then
    [ -n "$(dnf -q repoquery --whatprovides "$1" 2>/dev/null)" ]
  else
    zypper --non-interactive search --provides --match-exact "$1" >/dev/null 2>&1
  fi
}

# --- Install system packages ------------------------------------------------------------------

package_manager() {
  local manager
  for manager in "${MANAGERS[@]}"; do
    if [ "$manager" = apt ] && have apt-get; then echo apt && return; fi
    if [ "$manager" != apt ] && have "$manager"; then echo "$manager" && return; fi
  done
  return 1
}

# Puts the command that installs, without the packages, into INSTALL.
install_command() {
  case $1 in
    apt) INSTALL=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends) ;;
    dnf) INSTALL=(dnf install -y --setopt=install_weak_deps=False) ;;
    zypper) INSTALL=(zypper --non-interactive install --no-recommends) ;;
    pacman) INSTALL=(pacman -S --needed --noconfirm) ;;
  esac
}

# Puts the command that makes us root into AS_ROOT; empty when we are. Fails when there is none.
root_command() {
  local tool
  AS_ROOT=()
  if [ "$(id -u)" = 0 ]; then return 0; fi
  for tool in sudo pkexec doas; do
    if have "$tool"; then AS_ROOT=("$tool") && return 0; fi
  done
  return 1
}

# install_system FEATURE...: show the command, ask, do it.
install_system() {
  local manager names command
  if ! manager=$(package_manager); then
    say "Needed, and no known package manager here (${MANAGERS[*]}): $*"
    return 3
  fi
  mapfile -t names < <(packages "$manager" "$@")
  install_command "$manager"
  if ! root_command; then
    say "Missing: $*. Please run this as root, then start again:"
    say "  $(quoted "${INSTALL[@]}" "${names[@]}")"
    return 3
  fi
  command=("${AS_ROOT[@]}" "${INSTALL[@]}" "${names[@]}")
  say "Missing: $*. This installs it:"
  say "  $(quoted "${command[@]}")"
  may_install || return 3
  logged "system packages" install_now "$manager" "${command[@]}"
}

quoted() {
  local word
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./=:+-]*) printf "'%s' " "$word" ;; *) printf '%s ' "$word" ;; esac
  done
}

may_install() {
  local answer
  if [ "$ASSUME_YES" = 1 ]; then return 0; fi
  if [ ! -t 0 ]; then
    say "There is no terminal to ask on. Start again with --yes, or run the command yourself."
    return 1
  fi
  read -r -p "Install now? [Y/n] " answer
  case ${answer:-y} in
    [Yy]*) return 0 ;;
    *) say "Nothing was changed." && return 1 ;;
  esac
}

# install_now MANAGER COMMAND...
install_now() {
  local manager=$1
  shift
  # A fresh system has no package lists yet. An old list may still do, so go on without.
  if [ "$manager" = apt ]; then "${AS_ROOT[@]}" apt-get update || true; fi
  "$@"
}

# logged WHAT COMMAND...: run it quietly, say how long it took; show its last words when it fails.
logged() {
  local what=$1 start=$SECONDS log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    say "Installing $what failed; everything it said is in $log"
    return 4
  fi
  rm -f "$log"
  say "Installed: $what, $((SECONDS - start)) s"
}

# --- Python -----------------------------------------------------------------------------------

# The newest Python that fits and can make environments; Debian ships venv and ensurepip apart.
pick_python() {
  local python
  for python in ${DUPLEX_VM_PYTHON:+"$DUPLEX_VM_PYTHON"} "${PYTHONS[@]}"; do
    if have "$python" && python_fits "$python"; then command -v "$python" && return 0; fi
  done
  return 1
}

python_fits() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
    2>/dev/null
}

# What an environment was made from: Python's version and the lock's hash.
stamp_for() { printf '%s %s\n' "$("$1" -V)" "$(sha256sum <"$LOCK" | cut -d ' ' -f 1)"; }

venv_is_current() {
  local python=$VENV/bin/python
  [ -f "$VENV/.stamp" ] && "$python" -V >/dev/null 2>&1 || return 1
  if [ -n "${DUPLEX_VM_PYTHON:-}" ]; then python=$DUPLEX_VM_PYTHON; fi
  [ "$(cat "$VENV/.stamp")" = "$(stamp_for "$python")" ]
}

setup_venv() {
  local python
  if venv_is_current; then return 0; fi
  if ! python=$(pick_python); then
    say "Python 3.11, 3.12 or 3.13 with venv is needed and was not found."
    say "Install one and name it: DUPLEX_VM_PYTHON=/path/to/python3.13 $0"
    return 3
  fi
  say "Setting up Python packages in $VENV ..."
  logged "Python packages" install_locked "$python"
}

# The command duplex-vm, beside the environment's Python; made anew when the checkout has moved.
make_program() {
  local program=$VENV/bin/duplex-vm text
  text=$(printf '#!/bin/sh\nPYTHONPATH=%q exec %q -P -m app "$@"' "$HERE" "$VENV/bin/python")
  if [ -x "$program" ] && [ "$(<"$program")" = "$text" ]; then return 0; fi
  printf '%s\n' "$text" >"$program" && chmod 755 "$program"
}

install_locked() {
  "$1" -m venv --clear "$VENV" \
    && "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
      --only-binary :all: --require-hashes -r "$LOCK" \
    && stamp_for "$VENV/bin/python" >"$VENV/.stamp" # last: half an environment has no stamp
}

# --- All of it --------------------------------------------------------------------------------

# Takes --yes, -y and --no-system out of the arguments; the rest goes to ARGS in order.
read_options() {
  local argument
  for argument in "$@"; do
    case $argument in
      --yes | -y) ASSUME_YES=1 ;;
      --no-system) SKIP_SYSTEM=1 ;;
      *) ARGS+=("$argument") ;;
    esac
  done
}

setup_system() {
  local missing
  mapfile -t missing < <(missing_features)
  if [ "${#missing[@]}" = 0 ]; then return 0; fi
  if [ "$SKIP_SYSTEM" = 0 ]; then
    install_system "${missing[@]}" || return
    LIBRARIES=
    mapfile -t missing < <(missing_features)
  fi
  if [ "${#missing[@]}" -gt 0 ]; then say "Going on without: ${missing[*]}"; fi
}

bootstrap() {
  setup_system || exit
  setup_venv || exit
  make_program || exit
}
