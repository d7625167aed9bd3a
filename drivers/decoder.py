"""The contract between a driver and everything above it.

A decoder is one conversation with one peer and is pure: data and time in, events and the owed answer
out. It opens nothing, sends nothing, remembers only what the conversation needs, and never raises on
input: noise is skipped, a wrong checksum gives no event and no positive answer. The same bytes cut
anywhere give the same result. What it keeps is bounded (`MAX_HELD`).

A driver is one module `drivers.<name>` (or a folder) with a constant `DRIVER`; a profile in
`firmware_profiles/` names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, TypeVar

from drivers.model import Command, Heard, Instant, Refused, Struct

MAX_HELD = 64 * 1024
"""Bytes one conversation may hold back while it waits for the rest of a frame."""

Item = TypeVar("Item", contravariant=True)
"""What the port delivers: `bytes`, or `Message`, `Level`, `Sample` of `drivers.model`."""

Known = Callable[[str], bool]
"""Is this device id registered here?"""


class DriverError(LookupError):
    """A driver that does not exist or does not keep the contract; the message says which and why."""


class Decoder(Protocol[Item]):
    """One conversation. Every method returns at once and raises nothing on bad input."""

    def feed(self, data: Item, at: Instant) -> list[Heard]:
        """Take what arrived; return what it means, in order."""

    def tick(self, at: Instant) -> list[Heard]:
        """Do what became due by `at.monotonic_s`; an empty list when nothing was."""

    def due(self) -> float | None:
        """The monotonic second at which `tick` wants to be called; None: no timer runs."""

    def say(self, command: Command, at: Instant) -> bytes | Refused:
        """The bytes that put this command to the device, or why that is impossible."""


@dataclass(frozen=True, slots=True)
class Driver:
    """What `drivers.<name>.DRIVER` declares.

    `ports` are the kinds of port it can be heard through (`tcp`, `udp`, `serial`, `mqtt`, `gpio`,
    `memory`, `camera`). `settings` is a msgspec structure whose fields all have defaults: a profile fills
    it, and its JSON Schema checks that profile. `make` starts one conversation. `address` is a regular
    expression for the ids of its devices, such as `[0-9]{15}`: the registry then takes one with blanks and dashes
    between, and refuses everything else. None: an id is taken as it is written.
    """

    name: str
    ports: tuple[str, ...]
    settings: type[Struct]
    make: Callable[[Struct, Known], Decoder[object]]
    address: str | None = None


def load_driver(name: str) -> Driver:
    """Import `drivers.<name>` and return its declaration.

    Raises DriverError when the name is not a module here or the module declares no `DRIVER`.
    """
    if not name.isidentifier():
        raise DriverError(f"driver {name!r}: not a module name; use letters, digits and _")
    try:
        module = import_module(f"drivers.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"drivers.{name}":
            raise
        raise DriverError(f"driver {name!r}: there is no drivers/{name}.py") from None
    driver = getattr(module, "DRIVER", None)
    if not isinstance(driver, Driver):
        raise DriverError(f"driver {name!r}: drivers/{name}.py declares no DRIVER")
    return driver
