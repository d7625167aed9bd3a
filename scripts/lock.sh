#!/usr/bin/env bash
# Resolves every dependency anew and writes requirements/: three locks with the hashes of all wheels, so that one file
# serves x86_64 and aarch64 and Python 3.11 to 3.13, each lock holding the one before, and wheels.txt, from which a test reads that each of those has a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."

uv_version=0.13.9
tool=build/lock-venv
if [ ! -x "$tool/bin/uv" ] || [ "$("$tool/bin/uv" --version | cut -d' ' -f2)" != "$uv_version" ]; then
    "${PYTHON:-python3}" -m venv "$tool"
    "$tool/bin/python" -m pip install --quiet "uv==$uv_version"
fi

# --only-binary: a device has no compiler, so what has no wheel must not get into the lock.
compile() {
    "$tool/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
        --only-binary :all: "$@" pyproject.toml requirements/build.in
}

compile --extra camera --extra gpio --extra demo --output-file requirements/run.txt
compile --extra camera --extra gpio --extra demo --extra kiosk --constraint requirements/run.txt --output-file requirements/kiosk.txt
compile --extra dev --extra gpio --constraint requirements/kiosk.txt --output-file requirements/dev.txt
compile --extra dev --extra gpio --constraint requirements/kiosk.txt --format pylock.toml --output-file build/pylock.toml
"${PYTHON:-python3}" scripts/wheels.py build/pylock.toml > requirements/wheels.txt
