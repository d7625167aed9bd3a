"""What is wrong with a request, said so that a clerk understands it, in both languages."""

from __future__ import annotations

from office.web import Refused


class Mistake(Refused):
    """The request is not followed. `field` names the field of the form it stands beside."""

    def __init__(self, zh: str, en: str, status: int = 400, field: str = "", *, code: str = "") -> None:
        super().__init__(en, status)
        self.zh, self.en, self.field, self.code = zh, en, field, code


def missing(zh: str, en: str) -> Mistake:
    """404: there is no such thing, `zh` and `en` name it."""
    return Mistake(f"没有这个{zh}", f"no such {en}", 404)
