"""Session descriptions (RFC 8866) as text: what the library under the call does not write by itself. Pure.

Nothing here is ever logged: a description holds addresses.
"""

from __future__ import annotations

import re

_OPUS = re.compile(r"^a=rtpmap:(\d+) opus/48000/2\r?$", re.MULTILINE | re.IGNORECASE)

VOICE = "minptime=10;useinbandfec=1;stereo=0;maxplaybackrate=24000"
"""24 kHz keep the voice whole. Above it libopus spends 32 kbit/s on the highs, and at 5 % loss on no copies at all."""


def with_voice_settings(sdp: str) -> str:
    """Ask the page for in-band FEC and one channel (RFC 7587 section 6.1): without it a lost packet is a hole."""
    found = _OPUS.search(sdp)
    if found is None or f"a=fmtp:{found[1]} " in sdp:
        return sdp
    return f"{sdp[: found.end()]}\na=fmtp:{found[1]} {VOICE}\r{sdp[found.end() :]}"


def with_candidates_everywhere(sdp: str) -> str:
    """A page's answer with the candidates of its first section in every section.

    In a bundle (RFC 9143) they stand in the first one only; aiortc 1.16 takes those of the last section for all, and
    has none then: without a relay it is saved by what it hears, behind a relay it hears nothing.
    """
    head, *sections = re.split(r"(?m)^(?=m=)", sdp)
    candidates = [line for part in sections for line in part.splitlines() if line.startswith("a=candidate:")]
    block = "".join(f"{line}\r\n" for line in dict.fromkeys(candidates))
    whole = (part if "a=candidate:" in part else _ended(part) + block for part in sections)
    return head + "".join(whole)


def _ended(part: str) -> str:
    return part if part.endswith("\n") else f"{part}\r\n"
