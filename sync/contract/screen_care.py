"""What a kiosk's screen and its gateway tell each other about the screen itself (docs/local-api.md).

Nothing here names a person: a screen tells which page is shown, whether somebody is there, how often each page was
opened.
"""

from __future__ import annotations

from sync.contract.envelope import Struct


class ScreenState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`PUT /v1/screen`, every 30 s. `opened`: how often each page was opened since the start, without anybody in it."""

    page: str
    busy: bool = False
    """Somebody is in a session."""
    content: str = ""
    """Version in force."""
    version: str = ""
    memory_mb: int = 0
    up_s: int = 0
    opened: dict[str, int] = {}


class ScreenAsked(Struct, frozen=True):
    """The live stream, kind `screen`: `screenshot`, `home` or `restart`. The screen answers with this id."""

    id: str
    do: str


class ScreenAnswer(Struct, frozen=True, omit_defaults=True):
    """`POST /v1/screen/{id}`. `picture` is a file that was kept with `PUT /v1/blob`; `refused` says why not."""

    picture: str = ""
    refused: str = ""
    """`personal`, `call`, or what went wrong."""
