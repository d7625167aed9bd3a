from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.proof.theatre import Theatre


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """Broker and receiver, shared by the stories of a file; each story starts its gateways."""
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        yield theatre
    shutil.rmtree(theatre.directory)


@pytest.fixture
def tell(capfd: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says a figure or a seed on the terminal, whether the test fails or not."""

    def say(text: str) -> None:
        with capfd.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return say
