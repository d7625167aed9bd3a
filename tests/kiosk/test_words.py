"""Every text in every language, and no text outside the words."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import kiosk_ui
from kiosk_ui.words import LANGUAGES, Words

ROOT = Path(kiosk_ui.__file__).parent
QML = sorted((ROOT / "qml").rglob("*.qml"))
PYTHON = sorted(path for path in ROOT.rglob("*.py") if "typing" not in path.parts)
KEY = re.compile(r"[a-z_]+\.[a-z_0-9]+")


def keys(language: str) -> dict[str, str]:
    return {f"{subject}.{name}": text for subject, texts in Words(language).all.items() for name, text in texts.items()}


def test_every_text_is_translated() -> None:
    assert keys("zh").keys() == keys("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_left_in_the_other_language(language: str) -> None:
    wrong = []
    for key, text in keys(language).items():
        chinese = re.search(r"[\u4e00-\u9fff]", text)
        foreign = chinese if language == "en" and key != "bar.language" else None
        if not text.strip() or foreign:
            wrong.append(key)
    assert not wrong


def test_what_is_filled_in_is_the_same_in_every_language() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    english = keys("en")
    for key, text in keys("zh").items():
        # An English day needs no month beside it, but nothing may be asked for that nobody fills in.
        assert fields(english[key]) == fields(text), key


@pytest.mark.parametrize("path", QML, ids=lambda path: path.stem)
def test_qml_holds_no_words_of_its_own_and_names_only_texts_that_exist(path: Path) -> None:
    text = re.sub(r"//.*", "", path.read_text("utf-8"))
    assert not re.search(r"[\u4e00-\u9fff]{2,}", text)
    named = set(re.findall(r"Kiosk\.words\.(\w+\.\w+)", text))
    assert named <= keys("zh").keys()


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_every_text_python_asks_for_exists(path: Path) -> None:
    asked = {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") == "say" or getattr(node.func, "id", "") == "say")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    assert {key for key in asked if KEY.fullmatch(key)} <= keys("zh").keys()
