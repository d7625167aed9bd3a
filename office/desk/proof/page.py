"""A proof as one page that needs no network: it draws itself and checks its own chain in any browser, for ever."""

from __future__ import annotations

import re
from pathlib import Path

from office.desk.proof.evidence import Proof
from sync.contract.envelope import ContractError, decode, encode

TEMPLATE = Path(__file__).with_name("proof.html")
_INSIDE = re.compile(r'<script type="application/json" id="proof">(.*?)</script>', re.DOTALL)


def page(proof: Proof) -> str:
    """The page. Nothing in the proof can end the script it stands in."""
    text = encode(proof).decode().replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace("@PROOF@", text)


def read(text: str) -> Proof:
    """The proof inside a page, or given as JSON. Raises ContractError."""
    found = _INSIDE.search(text)
    content = found[1] if found else text
    if not content.strip():
        raise ContractError("there is no proof in it")
    return decode(content.encode(), Proof)
