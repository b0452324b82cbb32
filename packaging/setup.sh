#!/bin/sh
# Sets up what `make` needs on a machine that has nothing but Python and make.
#
#   setup.sh venv FOLDER LOCK   a virtual environment with the locked packages and the program
#   setup.sh libs window|test   the system libraries that Qt needs; the programs the tests use
#
# System packages are installed where that is allowed, else named in one line to copy.
set -eu

OLDEST_PYTHON="3.11"

# What is looked for, and the Debian or Ubuntu package that brings it.
QT_LIBRARIES="
libEGL.so.1 libegl1
libGL.so.1 libgl1
libglib-2.0.so.0 libglib2.0-0
libfontconfig.so.1 libfontconfig1
libdbus-1.so.3 libdbus-1-3
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
"
TEST_PROGRAMS="
Xvfb xvfb
dbus-run-session dbus
dunst dunst
openbox openbox
"

say() { printf "%s\n" "$@" >&2; }

fail() { say "$*"; exit 1; }

# How to become root without being asked: "", "sudo -n", or failure.
root_prefix() {
    if [ "$(id -u)" = 0 ]; then
        printf ''
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        printf 'sudo -n'
    else
        return 1
    fi
}

# Installs system packages; answers false, with the line to copy, where that is not possible.
install_system() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Missing on this system (Debian names): $*. Install them with its package manager."
        return 1
    fi
    line="sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    if ! prefix=$(root_prefix); then
        say "Missing: $*. Copy this line to install them:" "" "    $line" ""
        return 1
    fi
    say "Installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # The prefix is a command and its option
    if ! { $prefix apt-get update -qq &&
        $prefix apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null; then
        say "That did not work. Copy this line when the network is there:" "" "    $line" ""
        return 1
    fi
}

has_library() { printf '%s\n' "$KNOWN_LIBRARIES" | grep -qF "$1 "; }

has_program() { command -v "$1" >/dev/null 2>&1; }

# Prints the packages of the table $2 whose first column the test $1 does not find.
missing_from() {
    printf '%s\n' "$2" | while read -r wanted package; do
        [ -z "$wanted" ] || "$1" "$wanted" || printf '%s ' "$package"
    done
}

# Prints what the window, or the window and its tests, lack on this system.
missing_libs() {
    [ "$(uname -s)" = Linux ] || return 0
    KNOWN_LIBRARIES=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    missing_from has_library "$QT_LIBRARIES"
    [ "$1" = window ] || missing_from has_program "$TEST_PROGRAMS"
}

set_up_libs() {
    missing=$(missing_libs "$1")
    # shellcheck disable=SC2086 # One package a word
    [ -z "$missing" ] || install_system $missing
}

is_new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON%.*}, ${OLDEST_PYTHON#*.}))" \
        2>/dev/null
}

find_python() {
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if is_new_enough "$python"; then
            command -v "$python"
            return
        fi
    done
    fail "ALwrity Desktop needs Python $OLDEST_PYTHON or later, found:" \
        "$(python3 --version 2>&1 || true)." \
        "On Ubuntu 22.04: sudo apt-get install -y python3.11 python3.11-venv"
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        # All that is missing at once, so that there is one line to copy and not two.
        # shellcheck disable=SC2046 # One package a word
        install_system "python$version-venv" $(missing_libs "$2") || exit 1
    fi
    if [ -e "$1" ] && [ ! -f "$1/pyvenv.cfg" ] && [ -n "$(ls -A "$1")" ]; then
        fail "$1 is there already and is no virtual environment. Name another: make VENV=FOLDER"
    fi
    say "Making a virtual environment in $1 with $("$python" --version)"
    "$python" -m venv --clear "$1"
}

set_up_venv() {
    folder=$1
    lock=$2
    case $lock in *dev*) use="test" ;; *) use="window" ;; esac
    "$folder/bin/python" -m pip --version >/dev/null 2>&1 || make_venv "$folder" "$use"
    say "Installing the packages of $lock in $folder"
    pip="$folder/bin/python -m pip --disable-pip-version-check --quiet"
    $pip install --compile --require-hashes -r "$lock"
    $pip install --compile --no-deps --no-build-isolation --no-index -e .
    # A person's PYTHONDONTWRITEBYTECODE would make every start compile the program anew.
    "$folder/bin/python" -m compileall -q alwrity_desktop
}

cd "$(dirname "$0")/.."
case "${1-}" in
    venv) set_up_venv "$2" "$3" ;;
    libs) set_up_libs "$2" ;;
    *) fail "Usage: setup.sh venv FOLDER LOCK | setup.sh libs window|test" ;;
esac
