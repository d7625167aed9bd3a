"""What is locked can be installed on a device: no compiler, no Python but Debian's, x86_64 and aarch64."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "requirements"
GLIBC_OF_DEBIAN_12, GLIBC_OF_DEBIAN_13 = 36, 41
"""2.36 and 2.41. A gateway alone runs on Debian 12; PySide6 for the kiosk asks for 13 on aarch64."""
LOCKS = {"run.txt": GLIBC_OF_DEBIAN_12, "kiosk.txt": GLIBC_OF_DEBIAN_13, "dev.txt": GLIBC_OF_DEBIAN_13}
PYTHONS = ["3.11", "3.12", "3.13"]
MACHINES = ["x86_64", "aarch64"]


def locked(name: str) -> dict[Requirement, set[str]]:
    """The pins of a lock, each with the hashes it accepts."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {
        Requirement(pin.split(" --hash=")[0].strip()): set(re.findall(r"--hash=sha256:([0-9a-f]{64})", pin))
        for pin in pins
    }


def wheels() -> dict[str, set[str]]:
    """File name of every recorded wheel by `name==version`, as sha256 and file name."""
    found: dict[str, set[str]] = {}
    for line in (REQUIREMENTS / "wheels.txt").read_text(encoding="utf-8").splitlines():
        name, version, _, _ = parse_wheel_filename(line.split()[1])
        found.setdefault(f"{name}=={version}", set()).add(line)
    return found


def tags_of(python: str, machine: str, glibc: int) -> set[Tag]:
    """What pip accepts there with this Python and machine; `glibc` is the second part of its version."""
    version = tuple(int(part) for part in python.split("."))
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(glibc, 4, -1)]
    platforms += [f"{name}_{machine}" for name in ("manylinux2014", "manylinux2010", "manylinux1", "linux")]
    return {*cpython_tags(version, platforms=platforms), *compatible_tags(version, platforms=platforms)}


def environment(python: str, machine: str) -> dict[str, str]:
    """The marker values of that machine."""
    here = {key: str(value) for key, value in default_environment().items()}
    return here | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
    }


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hashed_wheel_for_this_python_and_machine(
    lock: str, python: str, machine: str
) -> None:
    tags, known = tags_of(python, machine, LOCKS[lock]), wheels()
    for pin, hashes in locked(lock).items():
        if pin.marker is not None and not pin.marker.evaluate(environment(python, machine)):
            continue
        fitting = [
            line.split()[1]
            for line in known.get(f"{canonicalize_name(pin.name)}{pin.specifier}", ())
            if line.split()[0] in hashes and parse_wheel_filename(line.split()[1])[3] & tags
        ]
        assert fitting, f"{pin} has no wheel for Python {python} on {machine} with glibc 2.{LOCKS[lock]}"


def test_the_lock_for_development_holds_the_lock_for_running_unchanged() -> None:
    development = {f"{pin.name}{pin.specifier}": hashes for pin, hashes in locked("dev.txt").items()}
    for pin, hashes in locked("run.txt").items():
        assert development[f"{pin.name}{pin.specifier}"] == hashes


def test_everything_the_project_asks_for_is_locked_at_a_version_it_accepts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    pinned: dict[str, list[str]] = {}
    for pin in locked("dev.txt"):
        pinned.setdefault(canonicalize_name(pin.name), []).append(next(iter(pin.specifier)).version)
    for requirement in map(Requirement, wanted):
        if requirement.name != project["name"]:
            versions = pinned.get(canonicalize_name(requirement.name), [])
            assert versions, f"{requirement} is not locked: run `make lock`"
            assert all(version in requirement.specifier for version in versions), f"{requirement}: run `make lock`"


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "wheels.txt", "build.in"])
def test_no_lock_names_a_host(name: str) -> None:
    assert not re.search(r"https?:|--index-url|--find-links|file:", (REQUIREMENTS / name).read_text(encoding="utf-8"))
