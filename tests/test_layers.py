"""Who may know whom: design section 2, held against every import in the tree."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "kiosk_ui": {"kiosk_ui", "sync.contract", "sync.notify", "sync.unix_http", "firmware_profiles"},
    "office": {"office", "sync", "firmware_profiles"},
    "edge": {"edge", "drivers", "sync", "firmware_profiles"},
    "drivers": {"drivers", "firmware_profiles"},
    "sync": {"sync", "firmware_profiles"},
    "sync.contract": {"sync.contract"},
    "firmware_profiles": {"firmware_profiles"},
}
"""What each part may import of ours; the longest name that fits a module counts."""

OURS = {part.partition(".")[0] for part in MAY_IMPORT} | {"tests", "scripts", "systemd", "docs"}

DOORS = {
    "paho": {"sync/mqtt.py"},
    "ruamel": {"firmware_profiles/documents.py"},
    "jsonschema": {"firmware_profiles/documents.py"},
    "serial": {"drivers/ports/serial.py"},
    "gpiozero": {"drivers/ports/gpio.py"},
    "cryptography": {"edge/demo/authority.py", "office/desk/people/vault.py"},
    "PIL": {"office/desk/pictures.py"},
    "msgspec": {"drivers/model.py", "sync/contract/envelope.py"},
}
"""The only files of the product that may import these at all. Every other library has one file in each package."""

FOLDERS = {("kiosk_ui", "PySide6"): "kiosk_ui/qt/"}
"""Libraries that are a world of their own: a folder instead of one file."""

PICTURES = {"cv2", "numpy", "av"}
"""Heavy, and no concern of a gateway without cameras."""

VOCABULARY = {"numpy": "edge/call/"}
"""A library that is no wall to stand behind but the words a part is written in: sound and pictures are arrays there."""

DYNAMIC = {"import_module", "__import__", "find_spec", "resolve_name", "run_module"}
STARTS_SOMETHING = {"open", "connect", "socket", "create_connection", "Popen", "run", "start", "Thread", "basicConfig"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import, also one by name at run time; `at_import` is false inside functions."""

    file: str
    line: int
    module: str
    at_import: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def files() -> list[Path]:
    """Every module of the product."""
    packages = {part.partition(".")[0] for part in MAY_IMPORT}
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    return tuple(_imports(path, ast.parse(path.read_text(encoding="utf-8")), at_import=True))


def _imports(path: Path, node: ast.AST, *, at_import: bool) -> Iterator[Import]:
    file = path.relative_to(ROOT).as_posix()
    for child in ast.iter_child_nodes(node):
        for module in _named(path, child):
            yield Import(file, getattr(child, "lineno", 0), module, at_import)
        deferred = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _type_checking(child)
        yield from _imports(path, child, at_import=at_import and not deferred)


def _named(path: Path, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = list(path.relative_to(ROOT).parent.parts)
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [base])])
        # `from sync import contract` names a module, `from sync.store import Store` does not.
        yield from ({f"{base}.{alias.name}" if _is_module(f"{base}.{alias.name}") else base for alias in node.names})
    elif isinstance(node, ast.Call) and _name(node.func) in DYNAMIC and node.args:
        yield from filter(None, [_leading_text(node.args[0]).rstrip(".")])


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _leading_text(node: ast.expr) -> str:
    """What a name put together at run time certainly begins with."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return _leading_text(node.values[0]) if isinstance(node, ast.JoinedStr) and node.values else ""


def _type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING"


def _inside(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def allowed_to(module: str) -> set[str]:
    return MAY_IMPORT[max((part for part in MAY_IMPORT if _inside(module, part)), key=len)]


def third_party() -> list[Import]:
    return [
        found
        for path in files()
        for found in imports_of(path)
        if found.top not in OURS and found.top not in sys.stdlib_module_names
    ]


def reached_at_import(start: Path) -> Iterator[Import]:
    """Every import that importing this file causes, through our own modules."""
    waiting, seen = [start], {start}
    while waiting:
        for found in imports_of(waiting.pop()):
            if not found.at_import:
                continue
            yield found
            parts = found.module.split(".")
            for depth in range(1, len(parts) + 1):  # importing a.b.c runs a and a.b
                base = ROOT.joinpath(*parts[:depth])
                for path in (base.with_suffix(".py"), base / "__init__.py"):
                    if path.exists() and path not in seen:
                        seen.add(path)
                        waiting.append(path)


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_point_down_and_never_to_a_sibling(path: Path) -> None:
    allowed = allowed_to(module_of(path))
    wrong = [
        str(found)
        for found in imports_of(path)
        if found.top in OURS and not any(_inside(found.module, part) for part in allowed)
    ]
    assert not wrong, f"{wrong}; allowed are {sorted(allowed)}"


def test_each_library_enters_each_package_through_one_file() -> None:
    doors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for found in third_party():
        if not found.file.startswith(VOCABULARY.get(found.top, "/")):
            doors[found.file.partition("/")[0], found.top].add(found.file)
    wrong = {where: sorted(through) for where, through in doors.items() if len(through) > 1 and where not in FOLDERS}
    assert not wrong, f"more than one door: {wrong}"


def test_a_library_with_a_folder_of_its_own_stays_in_it() -> None:
    wrong = [
        str(found)
        for found in third_party()
        if (folder := FOLDERS.get((found.file.partition("/")[0], found.top))) and not found.file.startswith(folder)
    ]
    assert not wrong, wrong


def test_libraries_with_a_named_door_are_imported_nowhere_else() -> None:
    wrong = [str(found) for found in third_party() if found.file not in DOORS.get(found.top, {found.file})]
    assert not wrong, wrong


def test_every_library_imported_is_declared_and_not_borrowed_from_another() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {canonicalize_name(Requirement(one).name) for requirements in lists for one in requirements}
    owners = packages_distributions()
    wrong = [
        str(found)
        for found in third_party()
        if not {canonicalize_name(name) for name in owners.get(found.top, [found.top])} & declared
    ]
    assert not wrong, wrong


def cameraless() -> list[Path]:
    """Every module of the programs but those named after cameras or pictures, and but the call engine, which is a
    process of its own: a gateway is put together from these."""
    programs = [path for path in files() if path.relative_to(ROOT).parts[0] in {"edge", "office"}]
    return [path for path in programs if not re.search(r"camera|picture|video|^edge\.call(\.|$)", module_of(path))]


@pytest.mark.parametrize("path", cameraless(), ids=module_of)
def test_a_process_without_cameras_imports_no_picture_library(path: Path) -> None:
    wrong = [str(found) for found in reached_at_import(path) if found.top in PICTURES]
    assert not wrong, wrong


def test_all_of_a_gateway_without_cameras_runs_without_the_picture_libraries() -> None:
    modules = [module_of(path) for path in cameraless() if path.name != "__main__.py"]
    program = "import importlib, sys\nfor module in sys.argv[1:]: importlib.import_module(module)\nprint(*sys.modules)"
    command = [sys.executable, "-c", program, *modules]
    loaded = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    assert not PICTURES & set(loaded)


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_the_top_level_of_a_module_only_defines(path: Path) -> None:
    wrong = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        main = isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        acts = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        loops = isinstance(node, ast.For | ast.While | ast.With | ast.AsyncFor | ast.AsyncWith)
        called = {_name(n.func) for n in _run_at_import(node) if isinstance(n, ast.Call)}
        if not main and (acts or loops or called & STARTS_SOMETHING):
            wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:80]}")
    assert not wrong, wrong


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what in it runs when the module is imported: class bodies do, bodies of functions do not."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _run_at_import(child)


WATCHED = """
import importlib, os, sys, threading
import ifaddr  # under aiortc: asks ldconfig for libc when it is imported; no doing of ours
started = []
def watch(event, args):
    if event in {"socket.connect", "socket.bind", "socket.sendto", "subprocess.Popen", "os.system", "os.exec",
                 "os.fork", "sqlite3.connect", "os.mkdir", "os.remove", "os.rename"}:
        started.append(f"{event} {args!r}")
    elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
        started.append(f"{event} {args!r}")
sys.addaudithook(watch)
for module in sys.argv[1:]:
    importlib.import_module(module)
    for what in started:
        print(f"importing {module}: {what}")
    started.clear()
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        print(f"thread {thread.name}")
"""


def test_importing_every_module_opens_connects_and_starts_nothing() -> None:
    modules = [module_of(path) for path in files() if path.name != "__main__.py"]
    # -B: Python's own writing of compiled modules is no concern of ours; nor that PySide's properties outlive its end.
    warnings = ("-W", "error", "-W", "ignore:gc:ResourceWarning")
    command = [sys.executable, "-B", *warnings, "-c", WATCHED, *modules]
    quiet = os.environ | {
        "QT_LOGGING_RULES": "qt.multimedia.symbolsresolver=false"
    }  # Qt looks for PipeWire and says so
    done = subprocess.run(
        command, cwd=ROOT, env=quiet, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
