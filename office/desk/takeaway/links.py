"""Addresses with a mark that only this desk can have put there: `/p/t/g.<id>.<mark>`.

A link names what it shows and nothing else; it holds no secret and does not run out, since the page shows the guide as
it is in force, or says that it is no more. The mark keeps strangers from making addresses of ours that look official.
"""

from __future__ import annotations

from hmac import compare_digest

from office.desk.people.vault import Vault

GUIDE = "g"
LONGEST = 120


def link(vault: Vault, base: str, kind: str, item: str) -> str:
    """The whole address; empty where the desk does not know its own (`desk.url`)."""
    return f"{base}/p/t/{kind}.{item}.{vault.mark(f'{kind}.{item}')}" if base else ""


def opened(vault: Vault, token: str) -> tuple[str, str] | None:
    """Kind and id; None when the mark is not ours."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        return None
    kind, item, mark = parts
    return (kind, item) if compare_digest(mark.encode(), vault.mark(f"{kind}.{item}").encode()) else None
