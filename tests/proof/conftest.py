from __future__ import annotations

import shutil
from collections.abc import Iterator

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
