"""A mistake in a document a person wrote: where it stands, what is wrong, what is allowed there.

Pure values. Everything that checks something reports findings, all of them at once, and `linli check` prints them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches

LIST_LIMIT = 12
"""Longer lists of allowed words are cut: a message is read on a phone."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake. `line` and `column` count from 1; 0 means the document as a whole.

    `message` and `allowed` are English, `zh` says both in Chinese.
    """

    file: str
    line: int
    column: int
    message: str
    allowed: str = ""
    zh: str = ""

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """`file:line:column: what is wrong; allowed: what is right`, in `zh` or `en`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        if language == "zh" and self.zh:
            return f"{place}: {self.zh}"
        return f"{place}: {self.message}; allowed: {self.allowed}" if self.allowed else f"{place}: {self.message}"

    def as_dict(self) -> dict[str, str | int]:
        """For `--json`, for the way to the centre, and between processes."""
        return asdict(self)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By file, line and column, each once."""
    return sorted(set(findings))


def listed(words: Iterable[object]) -> str:
    """Words for a person: `a, b, c`, cut after a dozen."""
    texts = [str(word) for word in words]
    more = len(texts) - LIST_LIMIT
    return ", ".join(texts[:LIST_LIMIT]) + (f", ... ({more} more)" if more > 0 else "")


def closest(word: str, words: Iterable[object]) -> str | None:
    """The allowed word a person probably meant, or None when nothing comes near."""
    by_lower = {str(candidate).lower().replace("-", "_"): str(candidate) for candidate in words}
    near = get_close_matches(word[:80].lower().replace("-", "_"), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else None


def meant(word: str, words: Iterable[object]) -> tuple[str, str]:
    """`; did you mean x?` in English and Chinese, or two empty texts."""
    near = closest(word, words)
    return (f"; did you mean `{near}`?", f"；是不是 `{near}`？") if near else ("", "")
