#!/usr/bin/env bash
# Makes what `make demo|test` needs: Debian packages that are missing, .venv, the locked requirements, the project itself.
#   scripts/setup.sh run    to run the gateway, the receiver and the desk
#   scripts/setup.sh kiosk  also the kiosk's screen and its call engine, which the demo shows
#   scripts/setup.sh dev    also to check, test and measure
# Says what it installs and why; does nothing, quickly, when all of it is there. Exit 3: a person has to install something.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022

kind=${1:-}
case $kind in
    run | kiosk | dev) ;;
    *)
        echo "usage: scripts/setup.sh run|kiosk|dev" >&2
        exit 2
        ;;
esac
venv=.venv
# Debian keeps daemons and network tools out of the path of ordinary users.
PATH=$PATH:/usr/sbin:/sbin

missing=()
need() { # need PACKAGE REASON
    echo "setup: Debian package $1 is missing: $2" >&2
    missing+=("$1")
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "setup: Linli needs Python 3.11, 3.12 or 3.13; name one with PYTHON=/path/to/python3 make $kind" >&2
    exit 3
}

has_library() { # has_library SONAME
    grep -qF "$1 " <<<"$(ldconfig -p)" # no pipe: grep would leave early and the pipe would fail
}

find_missing() {
    command -v mosquitto >/dev/null ||
        need mosquitto "the MQTT broker that demo and tests run, on a loopback port of their own"
    if [ ! -x $venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        need python3-venv "Debian ships Python without what makes a virtual environment"
    fi
    if [ "$kind" != run ]; then
        local library
        for library in libEGL.so.1:libegl1 libGL.so.1:libgl1 libxkbcommon.so.0:libxkbcommon0 libdbus-1.so.3:libdbus-1-3 \
            libfontconfig.so.1:libfontconfig1 libglib-2.0.so.0:libglib2.0-0 libpulse.so.0:libpulse0; do
            has_library "${library%%:*}" || need "${library##*:}" "Qt draws the kiosk's screen with it"
        done
        has_library libportaudio.so.2 || need libportaudio2 "the call engine's sound card"
        command -v espeak-ng >/dev/null || need espeak-ng "the kiosk reads its screens aloud with it"
        command -v aplay >/dev/null || command -v pw-play >/dev/null || need alsa-utils "the kiosk plays with it what it reads"
        grep -q 'Noto Sans CJK' <<<"$(fc-list 2>/dev/null)" || need fonts-noto-cjk "Chinese text on the kiosk's screen"
    fi
    if [ "$kind" = dev ] || { [ "$kind" = kiosk ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }; then
        for library in libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4 \
            libxcb-image.so.0:libxcb-image0 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-randr.so.0:libxcb-randr0 \
            libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0 libxcb-xinerama.so.0:libxcb-xinerama0; do
            has_library "${library%%:*}" || need "${library##*:}" "the kiosk's screen in an X window"
        done
    fi
    if [ "$kind" = dev ]; then
        command -v Xvfb >/dev/null || need xvfb "tests touch the kiosk in an X window nobody sees"
        command -v turnserver >/dev/null || need coturn "tests hold calls through a TURN server on loopback"
        command -v ip >/dev/null || need iproute2 "tests cut a line inside a network namespace of their own"
        command -v chromium >/dev/null || need chromium "tests play the desk's stories in a real browser, without a window"
        command -v systemd-analyze >/dev/null || need systemd "tests check the units with systemd-analyze; nothing is started"
    fi
}

apt() { # a daemon that a package starts must not inherit our lock
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >>build/apt.log 2>&1 9>&-
}

install_missing() {
    local install=(apt-get install --yes --no-install-recommends "${missing[@]}") sudo=() # sudo is read by apt
    if ! command -v apt-get >/dev/null; then
        echo "setup: this is no Debian; install what is named above by hand and start again" >&2
        exit 3
    fi
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "setup: run this, then start again:  sudo apt-get update && sudo ${install[*]}" >&2
            exit 3
        fi
        sudo=(sudo -n)
    fi
    # A fresh machine has no package lists, an old one has stale ones: only then fetch them.
    if ! apt "${install[@]}"; then
        echo "setup: fetching Debian's package lists" >&2
        apt apt-get update || true # one dead source must not hide that the others serve
        apt "${install[@]}" || {
            tail -n 20 build/apt.log >&2
            echo "setup: apt-get could not install ${missing[*]}; the whole output is in build/apt.log" >&2
            exit 3
        }
    fi
    echo "setup: installed ${missing[*]}" >&2
}

# The place is part of the key: scripts of a virtual environment and the editable install carry absolute paths.
key() {
    { cat "requirements/$1.txt" pyproject.toml && pwd -P; } | sha256sum | cut -d' ' -f1
}

installed() { # installed KIND: this very lock is in the virtual environment
    [ -x $venv/bin/python ] && [ -f "$venv/linli-$1" ] && [ "$(cat "$venv/linli-$1")" = "$(key "$1")" ]
}

install_locked() {
    echo "setup: installing requirements/$kind.txt into $venv: some minutes the first time, up to 1 GB on disk" >&2
    rm -f $venv/linli-run $venv/linli-kiosk $venv/linli-dev
    # --no-deps: the lock is complete. Only wheels: nothing is compiled, here or on a device.
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --requirement "requirements/$kind.txt"
    # PYTHONWARNINGS: setuptools warns of every editable install that it is one.
    PYTHONWARNINGS=ignore $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation --editable .
    # Each lock holds the ones before it.
    local held
    for held in run kiosk dev; do
        key $held >$venv/linli-$held
        [ $held != "$kind" ] || break
    done
}

mkdir -p build
exec 9>build/setup.lock
flock 9 # `make demo` beside `make test`

python=
if [ ! -x $venv/bin/python ] || ! $venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
fi
find_missing
if [ ${#missing[@]} -gt 0 ]; then install_missing; fi
if [ -n "$python" ]; then
    echo "setup: making $venv with $python ($("$python" --version))" >&2
    "$python" -m venv --clear $venv
fi
installed "$kind" || install_locked
