"""What is wrong with a request, said so that a clerk understands it, in both languages."""

from __future__ import annotations

from office.web import Refused


class Mistake(Refused):
    """The request is not followed. `field` names the field of the form it stands beside.

    `retry_s` says after how long to come again (429, 503).
    """

    def __init__(
        self, zh: str, en: str, status: int = 400, field: str = "", *, code: str = "", retry_s: int = 0
    ) -> None:
        super().__init__(en, status)
        self.zh, self.en, self.field, self.code = zh, en, field, code
        self.retry_s = retry_s


def missing(zh: str, en: str) -> Mistake:
    """404: there is no such thing, `zh` and `en` name it."""
    return Mistake(f"没有这个{zh}", f"no such {en}", 404)
