"""A stream of JSON lines for whoever listens now: so many programs at most, an empty line where nothing is said."""

from __future__ import annotations

from edge.api.refusal import Refused, Words
from edge.api.web import Reply
from sync.fanout import Fanout


def heard_from(told: Fanout, most: int, full_zh: str) -> Reply:
    """Everything from now on. It ends for who is too slow; refused while `most` listen."""
    if len(told) >= most:
        raise Refused(503, "too-many", Words(f"{most} programs listen already", full_zh))
    return Reply(stream=told.lines(), content_type="application/x-ndjson")
