"""Which way out the configuration names."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from office.config import OutcallAt
from office.desk.modem_line import SerialLine
from office.desk.outcall import FakeOutcall, NoOutcall, Outcall
from office.desk.outcall_sms import SmsOutcall
from office.desk.outcall_webhook import WebhookOutcall


def make(at: OutcallAt | None) -> Outcall:
    """The way; without one, one that says so."""
    if at is None:
        return NoOutcall()
    if at.webhook is not None:
        return WebhookOutcall(at.webhook.url, Path(at.webhook.secret).read_bytes().strip())
    if at.modem is not None:
        return SmsOutcall(at.modem.path, partial(SerialLine, at.modem.path, at.modem.baud))
    return FakeOutcall() if at.fake else NoOutcall()
