"""What a kiosk and the centre tell each other beside questions: submissions, presence, content manifests.

Conventions as in `messages`.
"""

from __future__ import annotations

import re
from typing import Any

from sync.contract.envelope import Struct
from sync.contract.topics import ROOT

CONTENT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(/[a-z0-9][a-z0-9-]{0,62}){0,3}")
"""The part of a content topic after `linli/v1/content/`."""


class Submission(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data of `linli.submission.v1`: what a resident sent off at a kiosk.

    `kind` says what it is (`booking`, `report`, ...) and `form` holds what that kind asks for. `resident` is an opaque
    reference, never a name; `blobs` are hashes of files that belong to it.
    """

    kind: str
    form: dict[str, Any] = {}
    resident: str | None = None
    blobs: list[str] = []


class Presence(Struct, frozen=True):
    """Payload of `presence/<department>`: how many of them are there, how many are free, and how many people wait.

    `duty` is the department of the desk: while nobody of it is there, no person will see an alarm. After `valid_s`
    seconds without another word nobody is there; 0 means until the next word.
    """

    there: int
    waiting: int = 0
    valid_s: float = 0.0
    free: int = 0
    """Of those who are there, how many are in no call."""
    wait_s: float | None = None
    """Expected wait in seconds; None: unknown."""
    open: bool = True
    """By its opening hours."""
    opens_at: str = ""
    """ISO 8601, when it opens next."""


class ContentFile(Struct, frozen=True):
    """One file of a content version, a blob of the blob door."""

    name: str
    sha256: str
    size: int
    type: str = "application/octet-stream"


class Manifest(Struct, frozen=True):
    """Payload of `content/<name>`: everything that belongs to one version. An empty payload ends the content."""

    version: str
    files: list[ContentFile]


def content(name: str) -> str:
    """The retained topic of one content."""
    return f"{ROOT}/content/{name}"
