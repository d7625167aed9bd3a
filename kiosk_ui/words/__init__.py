"""Everything the screen says, as data: one file for each subject in each language.

words = Words("zh")
words.say("departments.waiting", n=3)
words.all                                   # what QML reads as Kiosk.words.<subject>.<name>
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("zh", "en")

Texts = dict[str, dict[str, str]]


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.all = MappingProxyType(_read(self.language))

    def say(self, key: str, **values: object) -> str:
        """The text of `subject.name`, with its values filled in. A key that does not exist is a mistake of ours."""
        subject, _, name = key.partition(".")
        return self.all[subject][name].format(**values)


@cache
def _read(language: str) -> Texts:
    folder = Path(__file__).parent / language
    return {file.stem: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))}
