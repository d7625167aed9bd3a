"""Topic names, version 1. `gw` is the gateway's name, the user name its certificate carries."""

from __future__ import annotations

import re

ROOT = "linli/v1"
GATEWAY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a gateway may be called: safe in a topic, a file name, a host name and a certificate."""


def up_alarm(gw: str) -> str:
    """One alarm, alone, QoS 1."""
    return f"{ROOT}/{gw}/up/alarm"


def up_events(gw: str) -> str:
    """Batches of everything else, QoS 1."""
    return f"{ROOT}/{gw}/up/events"


def up_state(gw: str) -> str:
    """Retained state and last will."""
    return f"{ROOT}/{gw}/up/state"


def up_request(gw: str, query: str) -> str:
    """A question of a kiosk to the centre."""
    return f"{ROOT}/{gw}/up/request/{query}"


def up_answer(gw: str, request_id: str) -> str:
    """The gateway's answer to a request of the centre."""
    return f"{ROOT}/{gw}/up/answer/{request_id}"


def down_receipt(gw: str) -> str:
    """(epoch, lane, n): all of 1..n are stored at the centre."""
    return f"{ROOT}/{gw}/down/receipt"


def down_alarm(gw: str, alarm_id: str) -> str:
    """What people did about one alarm."""
    return f"{ROOT}/{gw}/down/alarm/{alarm_id}"


def down_answer(gw: str, request_id: str) -> str:
    """The centre's answer to a question of a kiosk."""
    return f"{ROOT}/{gw}/down/answer/{request_id}"


def down_request(gw: str, command: str) -> str:
    """An order of the centre to the gateway or one of its devices."""
    return f"{ROOT}/{gw}/down/request/{command}"


def down_config(gw: str) -> str:
    """Wanted configuration, retained, with a version."""
    return f"{ROOT}/{gw}/down/config"


def down_notice(gw: str) -> str:
    """Emergency notice for the kiosk."""
    return f"{ROOT}/{gw}/down/notice"


def up_call(gw: str, call_id: str) -> str:
    """Call signalling of a kiosk; never stored, expiry 10 s."""
    return f"{ROOT}/{gw}/up/call/{call_id}"


def down_call(gw: str, call_id: str) -> str:
    """Call signalling of the desk; never stored, expiry 10 s."""
    return f"{ROOT}/{gw}/down/call/{call_id}"


def presence(department: str) -> str:
    """How many people of a department are there, retained."""
    return f"{ROOT}/presence/{department}"


def gateway_of(topic: str) -> str | None:
    """The gateway a topic belongs to, or None when it is no topic of a gateway."""
    parts = topic.split("/", 4)
    if len(parts) >= 4 and parts[0] == "linli" and parts[1] == "v1" and parts[3] in ("up", "down"):
        return parts[2]
    return None
