"""The contract as an AsyncAPI 3.0 document with JSON Schemas, made from the code so that the two cannot differ.

`python -m sync.contract.describe` prints it; `docs/asyncapi.json` is that output and a test holds them together.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from sync.contract import call_signals as calls
from sync.contract import messages as m
from sync.contract.envelope import BATCH, SINGLE, CloudEvent, schemas
from sync.contract.kiosk import Manifest, Presence, Submission

JSON = "application/json"
UP, DOWN = True, False


@dataclass(frozen=True, slots=True)
class Channel:
    """One row of the table of topics; `up` is seen from the gateway."""

    name: str
    address: str
    up: bool
    payload: Any
    """A structure, or a union of tagged ones."""
    what: str
    content_type: str = JSON
    retained: bool = False
    batch: bool = False


EVENT_DATA: dict[str, type] = {
    m.ALARM: m.DeviceEvent,
    m.ALARM_UPDATE: m.DeviceEvent,
    m.POSITION: m.DeviceEvent,
    m.CONTACT: m.DeviceEvent,
    m.STATUS: m.DeviceEvent,
    m.READING: m.DeviceEvent,
    m.MOTION: m.DeviceEvent,
    m.CODE: m.DeviceEvent,
    m.FAULT: m.Fault,
    m.LOSS: m.Loss,
    m.LOOK: m.Look,
    m.PATH_CHECK: m.PathCheck,
    m.SUBMISSION: Submission,
    m.NOTICE_SHOWN: m.NoticeShown,
}
"""The data of each event type whose shape is fixed."""

CHANNELS = (
    Channel("upAlarm", "linli/v1/{gw}/up/alarm", UP, CloudEvent, "One alarm, alone.", SINGLE),
    Channel(
        "upEvents",
        "linli/v1/{gw}/up/events",
        UP,
        CloudEvent,
        "Batches of everything else, losses included.",
        BATCH,
        batch=True,
    ),
    Channel(
        "upState",
        "linli/v1/{gw}/up/state",
        UP,
        m.GatewayState,
        "State, at least every 60 s; last will.",
        retained=True,
    ),
    Channel("downReceipt", "linli/v1/{gw}/down/receipt", DOWN, m.Receipt, "All of 1..n are stored at the centre."),
    Channel("downAlarm", "linli/v1/{gw}/down/alarm/{alarm}", DOWN, m.AlarmStep, "What a person did about an alarm."),
    Channel("upRequest", "linli/v1/{gw}/up/request/{query}", UP, m.Question, "A question of a kiosk."),
    Channel("downAnswer", "linli/v1/{gw}/down/answer/{id}", DOWN, m.Answer, "The answer to a question."),
    Channel(
        "downRequest", "linli/v1/{gw}/down/request/{command}", DOWN, m.Order, "An order, carried out at most once."
    ),
    Channel("upAnswer", "linli/v1/{gw}/up/answer/{id}", UP, m.Answer, "How an order ended."),
    Channel("downConfig", "linli/v1/{gw}/down/config", DOWN, m.WantedConfig, "Wanted configuration.", retained=True),
    Channel("downNotice", "linli/v1/{gw}/down/notice", DOWN, m.Notice, "Emergency notice for the kiosk, with expiry."),
    Channel("upCall", "linli/v1/{gw}/up/call/{id}", UP, calls.Up, "A signal of a kiosk's call; expires after 10 s."),
    Channel("downCall", "linli/v1/{gw}/down/call/{id}", DOWN, calls.Down, "A signal to a kiosk's call; the same."),
    Channel("presence", "linli/v1/presence/{department}", DOWN, Presence, "Who is there and who waits.", retained=True),
    Channel("content", "linli/v1/content/{name}", DOWN, Manifest, "One version of a content.", retained=True),
)


def document() -> dict[str, Any]:
    """The whole AsyncAPI document."""
    shapes = {c.payload for c in CHANNELS if isinstance(c.payload, type)} | set(EVENT_DATA.values())
    references, components = schemas(sorted(shapes, key=lambda shape: shape.__name__))
    signals, signal_components = _signals()
    references, components = references | signals, components | signal_components
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Linli gateway and centre",
            "version": "1",
            "description": "MQTT 5 over TLS with client certificates; QoS 1. See docs/wire-contract.md.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": JSON,
        "channels": {c.name: _channel(c) for c in CHANNELS},
        "operations": {c.name: _operation(c) for c in CHANNELS},
        "components": {
            "messages": {c.name: _message(c, references) for c in CHANNELS},
            "schemas": components,
        },
        "x-event-data": {kind: references[shape] for kind, shape in sorted(EVENT_DATA.items())},
    }


def _signals() -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """Call signals, which are unions; their names begin with `Call`, because an answer is also another thing."""
    references, components = schemas([calls.Up, calls.Down])  # type: ignore[list-item]
    text = json.dumps([[references[calls.Up], references[calls.Down]], components])  # type: ignore[index]
    for name in components:
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/Call{name}"')
    (up, down), named = json.loads(text)
    return {calls.Up: up, calls.Down: down}, {f"Call{name}": schema for name, schema in named.items()}


def _channel(c: Channel) -> dict[str, Any]:
    names = [part[1:-1] for part in c.address.split("/") if part.startswith("{")]
    return {
        "address": c.address,
        "description": c.what,
        "parameters": {name: {} for name in names},
        "messages": {c.name: {"$ref": f"#/components/messages/{c.name}"}},
    }


def _operation(c: Channel) -> dict[str, Any]:
    return {
        "action": "send" if c.up else "receive",
        "channel": {"$ref": f"#/channels/{c.name}"},
        "bindings": {"mqtt": {"qos": 1, "retain": c.retained, "bindingVersion": "0.2.0"}},
    }


def _message(c: Channel, references: dict[type, dict[str, Any]]) -> dict[str, Any]:
    schema: dict[str, Any] = references[c.payload]
    if c.batch:
        schema = {"type": "array", "items": schema, "minItems": 1}
    return {"name": c.name, "contentType": c.content_type, "payload": schema}


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
