"""What the description says and what the doors do are the same: every door, tried with what nobody would send.

One file for all doors, present and to come. The desk runs on a thread with its own loop; examples are few, bounded and
the same every time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from office.desk.people.roles import Role
from tests.office.desk.house import House

EXAMPLES = 3
"""Of what is as described, and of what is not."""
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
LEFT_OUT = {"/live", "/page/{file}", "/"}
"""No JSON: a WebSocket, and files."""


@dataclass(frozen=True)
class Served:
    """A desk somewhere, and how to be let in."""

    base: str
    description: dict[str, Any]
    headers: dict[str, str]
    ca: str
    session: requests.Session
    """One line for all: most of the time went into greeting the desk anew."""


@pytest.fixture
def served(short_tmp: Path) -> Iterator[Served]:
    """A running House with somebody signed in who may do everything."""
    up: Future[Served] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with House(short_tmp) as house:
            await house.press()
            client = await house.signed_in(*Role, login="everything")
            cookie = next(iter(client.http.cookie_jar))
            headers = {"X-Linli-Token": client.token, "Cookie": f"{cookie.key}={cookie.value}"}
            description = await client.get("/v1/openapi.json")
            with requests.Session() as session:
                up.set_result(Served(house.base, description, headers, str(short_tmp / "tls" / "ca.crt"), session))
                await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # whatever it was, the test says so
            if up.done():
                raise
            up.set_exception(error)

    thread = threading.Thread(target=run, name="desk")
    thread.start()
    yield up.result(60)
    loop.call_soon_threadsafe(stop.set)
    thread.join(60)
    loop.close()


def test_no_door_breaks_and_every_answer_is_as_described(served: Served) -> None:
    description = schemathesis.openapi.from_dict(served.description)
    broken: list[str] = []
    tried = 0
    for found in description.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # an error is raised there
        if operation.path in LEFT_OUT or (operation.path, operation.method) == ("/v1/session", "delete"):
            continue
        tried += 1
        broken += try_out(served, operation, GenerationMode.POSITIVE)
        if any("json" in body.media_type for body in operation.body):  # any text is a good parameter
            broken += try_out(served, operation, GenerationMode.NEGATIVE)
    assert tried > 10
    assert not broken, "\n\n".join(broken)


def try_out(served: Served, operation: Any, mode: GenerationMode) -> list[str]:
    broken: list[str] = []

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response = case.call(base_url=served.base, session=served.session, headers=served.headers, verify=served.ca)
        try:
            case.validate_response(response, checks=CHECKS)
        except AssertionError as error:
            broken.append(f"{operation.method.upper()} {operation.path}: {error}")
        except BaseExceptionGroup as errors:
            broken.append(f"{operation.method.upper()} {operation.path}: {errors.exceptions[0]}")

    check()
    return broken[:1]


def test_every_door_has_its_summary_its_permission_and_its_own_name(served: Served) -> None:
    operations = [one for path in served.description["paths"].values() for one in path.values()]
    assert all(one["summary"] and one["description"].startswith("Permission: ") for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
