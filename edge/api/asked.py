"""Everything that may be asked of this API with a body. Unknown fields are refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sync.contract.envelope import Struct
from sync.contract.messages import Scalar


class TestAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """What the device raises for so long is a test."""

    minutes: float


class AwayAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """Silence is expected until then."""

    until: datetime


class SayAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A command for the device: `verb` is locate, say, interval, confirm or output."""

    verb: str = "say"
    text: str = ""
    seconds: int = 0
    alarm: str = ""
    on: bool = False


class ApplyAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """`partial`: the good rows are wanted although others are bad."""

    partial: bool = False


class SubmitAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A submission of a resident; see `Submission` of the contract."""

    kind: str
    form: dict[str, Any] = {}
    resident: str | None = None
    blobs: list[str] = []


class AlarmAsked(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A press on the kiosk's screen. Other causes and other places are devices of their own."""

    cause: Literal["sos"] = "sos"
    from_: Literal["screen"] = "screen"


class QuestionAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A question to the centre."""

    arguments: dict[str, Scalar] = {}
    timeout_s: float = 10.0


class ResendAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """`lane`: alarm, state or bulk; without one, all of them."""

    lane: str | None = None


DeviceAsked = dict[str, Scalar]
"""Fields of a device by name; those not given stay as they are. The registry checks them, all at once."""
