"""Why a request is not followed: a code for programs, and a sentence and a hint for people in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge.device import Problem
from sync.contract.envelope import Struct


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence twice."""

    en: str = ""
    zh: str = ""

    def text(self, language: str) -> str:
        """The one of that language."""
        return self.zh if language == "zh" and self.zh else self.en


class FieldError(Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    message: str


class ErrorBody(Struct, frozen=True):
    """Every error of this API. `error` is for programs and does not change; the rest is for people."""

    error: str
    message: str
    hint: str = ""
    fields: list[FieldError] = []


class Refused(ValueError):  # noqa: N818 - reads as what it is
    """The request cannot be followed."""

    def __init__(
        self, status: int, code: str, said: Words, hint: Words | None = None, problems: Iterable[Problem] = ()
    ) -> None:
        super().__init__(said.en)
        self.status, self.code, self.said, self.hint = status, code, said, hint or Words()
        self.problems = list(problems)

    def body(self, language: str) -> ErrorBody:
        """What the client is told."""
        zh = language == "zh"
        fields = [FieldError(p.field, p.zh if zh and p.zh else p.message) for p in self.problems]
        return ErrorBody(self.code, self.said.text(language), self.hint.text(language), fields)


def nothing(what: str, zh: str) -> Refused:
    """404."""
    return Refused(404, "not-found", Words(f"there is no such {what}", f"没有这个{zh}"))


def wrong(en: str, zh: str) -> Refused:
    """400."""
    return Refused(400, "bad-request", Words(en, zh))


def fields_wrong(problems: Iterable[Problem]) -> Refused:
    """422 with every reason."""
    found = list(problems)
    said = Words("; ".join(map(str, found)), "；".join(f"{p.field}：{p.zh or p.message}" for p in found))
    return Refused(422, "bad-fields", said, Words("correct the named fields", "请改正所列字段"), found)
