"""Which language the command line speaks, and the exit codes and errors all commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OK, WARN, CANNOT = 0, 1, 2
"""Done and all is well; a warning, or not done; failed, wrong usage, or it cannot be asked at all."""

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Speech:
    """`speech(en, zh)` is the sentence of the language."""

    language: str = "en"
    chosen: bool = False

    def __call__(self, en: str, zh: str) -> str:
        """The one of the two that is wanted."""
        return zh if self.language == "zh" else en


class CannotError(RuntimeError):
    """The command cannot be carried out; the text says why, in the person's language, `lines` the details."""

    def __init__(self, text: str, lines: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.lines = list(lines)


class NotDoneError(RuntimeError):
    """Asked and not done: exit code 1."""


def language_of(environ: Mapping[str, str]) -> Speech:
    """As the environment says; `LANG=C` and an empty one say nothing, and then a configuration may decide."""
    for name in ("LINLI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        word = environ.get(name, "").lower()
        if word.startswith(LANGUAGES):
            return Speech(word[:2], chosen=True)
    return Speech()
