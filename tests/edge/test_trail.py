"""The gateway's part of the proof: milliseconds of its own clock, once the elder was told."""

from __future__ import annotations

from datetime import UTC, datetime

from drivers.model import Instant
from edge.alarm_book import Alarm
from edge.trail import MOST, Trail
from sync.contract.messages import Scalar


class Sent:
    def __init__(self) -> None:
        self.now_s = 100.0
        self.sent: list[tuple[str, dict[str, Scalar]]] = []
        self.trail = Trail(self.now, lambda alarm, attributes: self.sent.append((alarm.id, attributes)))

    def now(self) -> Instant:
        return Instant(datetime(2026, 3, 1, tzinfo=UTC), self.now_s)

    def happens(self, what: str, after_s: float, alarm: Alarm, detail: str = "") -> None:
        self.now_s += after_s
        self.trail.listen(what, alarm, detail)


def alarm(name: str = "a") -> Alarm:
    return Alarm(name, "button-1", "button-1", "gt06", "sos", test=False, raised_at="2026-03-01T00:00:00+00:00")


def test_every_step_has_its_time_and_goes_up_once_when_the_elder_was_told() -> None:
    gateway, one = Sent(), alarm()
    for what, after_s in (("raised", 0.004), ("at_broker", 0.01), ("received", 0.01), ("acknowledge", 9.0)):
        gateway.happens(what, after_s, one)
    assert gateway.sent == []
    gateway.happens("told", 0.1, one)
    gateway.happens("close", 60.0, one)
    assert gateway.sent == [
        (
            "a",
            {
                "disk_mono": 100004.0,
                "broker_mono": 100014.0,
                "receipt_mono": 100024.0,
                "step_mono": 109024.0,
                "told_mono": 109124.0,
            },
        )
    ]


def test_a_device_at_the_line_is_told_in_the_turn_of_the_step_and_both_have_their_time() -> None:
    gateway, one = Sent(), alarm()
    gateway.happens("raised", 0.0, one)
    gateway.happens("told", 5.0, one)
    gateway.happens("acknowledge", 0.0, one)
    assert gateway.sent == [("a", {"disk_mono": 100000.0, "step_mono": 105000.0, "told_mono": 105000.0})]


def test_what_the_device_refused_to_show_is_said_with_it() -> None:
    gateway, one = Sent(), alarm()
    gateway.happens("raised", 0.0, one)
    gateway.happens("told", 1.0, one, "no text on this device")
    assert gateway.sent[0][1]["untold"] == "no text on this device"


def test_an_alarm_that_ends_untold_is_proved_as_far_as_it_went() -> None:
    gateway, one = Sent(), alarm()
    gateway.happens("raised", 0.0, one)
    gateway.happens("close", 5.0, one)
    assert gateway.sent == [("a", {"disk_mono": 100000.0, "step_mono": 105000.0})]


def test_a_crowd_of_alarms_is_followed_up_to_a_bound() -> None:
    gateway = Sent()
    for n in range(MOST + 1):
        gateway.happens("raised", 0.0, alarm(str(n)))
    gateway.happens("told", 0.0, alarm("0"))
    gateway.happens("told", 0.0, alarm("1"))
    assert [name for name, _ in gateway.sent] == ["1"]
