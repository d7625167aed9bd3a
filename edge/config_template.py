"""The commented configuration that `linli init` writes, with the gateway's name and the centre filled in."""

from __future__ import annotations

from importlib.resources import files

EXAMPLE_NAME = "gateway-1"
EXAMPLE_HOST = "centre.example.org"


def template(name: str = EXAMPLE_NAME, host: str = EXAMPLE_HOST) -> str:
    """The text of a new linli.yaml. Both values must be plain words, as the schema asks of them."""
    text = files("edge").joinpath("linli.example.yaml").read_text("utf-8")
    text = text.replace(f"  name: {EXAMPLE_NAME}\n", f"  name: {name}\n", 1)
    return text.replace(f"  host: {EXAMPLE_HOST}\n", f"  host: {host}\n", 1)
