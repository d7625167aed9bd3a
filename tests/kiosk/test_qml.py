"""The QML: clean for the linter, listed, and fed with everything it names."""

from __future__ import annotations

import json
import subprocess
from dataclasses import fields
from pathlib import Path

import PySide6
import pytest

import kiosk_ui
from kiosk_ui.qt.bridge import camel
from kiosk_ui.screens import SCREENS
from kiosk_ui.theme import Colours, Theme

QML = Path(kiosk_ui.__file__).parent / "qml"
FILES = sorted(QML.glob("*.qml"))
LINT = Path(PySide6.__file__).parent / "qmllint"


def test_qmllint_has_nothing_to_say() -> None:
    # The program itself, as its wrapper prints the command too; absolute paths, as relative ones give false warnings.
    command = [str(LINT), "-W", "0", "-I", str(QML.parents[1]), *map(str, FILES), "--json", "-"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    said = [
        f"{Path(file['filename']).name}:{warning.get('line')}: {warning['message']}"
        for file in json.loads(done.stdout)["files"]
        for warning in file["warnings"]
        if warning["type"] != "info"
    ]
    assert (said, done.returncode) == ([], 0)


def test_every_file_is_a_type_of_the_module() -> None:
    lines = (QML / "qmldir").read_text("utf-8").splitlines()
    listed = {line.split()[-1] for line in lines[1:] if line.endswith(".qml")}
    assert listed == {path.name for path in FILES}


def test_every_screen_has_its_file() -> None:
    assert all((QML / f"{shows.qml}.qml").exists() for shows in SCREENS.values())


@pytest.mark.parametrize(
    "name",
    [*(camel(f.name) for f in fields(Colours)), *(f.name for f in fields(Theme) if f.name != "colours")],
)
def test_the_theme_has_a_property_for_everything_that_is_computed(name: str) -> None:
    text = (QML / "Theme.qml").read_text("utf-8")
    assert f" {name}\n" in text or f" {name}: " in text


def test_one_idea_in_one_file() -> None:
    longest = max(FILES, key=lambda path: len(path.read_text("utf-8").splitlines()))
    assert len(longest.read_text("utf-8").splitlines()) <= 300, longest.name


def test_python_is_the_only_one_who_decides() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert 'import "' not in text, f"{path.name} brings a script"
        assert "setContextProperty" not in text
