"""What is on its way down: alarm steps, orders and wanted configurations, kept until a broker has them (PUBACK 0x00).

Functions over a connection. The receiver publishes what `pending` gives: at once, when its line comes back, and
when a gateway is born. Alarm steps the gateway has not echoed go out again at its birth, because a broker may lose
its store; a step, an order or a configuration that arrives twice has no second effect at the gateway.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.contract import topics
from sync.contract.alarm import Stage
from sync.contract.envelope import decode, encode
from sync.contract.messages import Answer, Notice, Order, Scalar, WantedConfig

STEP = "step"
ORDER = "order"
NOTICE = "notice"
CONFIG = "config"
"""Published retained; of each gateway only the newest is kept."""

AT_ONCE = 500
"""Publishes offered in one go; the rest when these are confirmed."""

AGAIN_FOR_MS = 24 * 3600 * 1000
"""How long after its end an alarm's steps are repeated to a gateway that has not echoed them."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to publish."""

    n: int
    gateway: str
    kind: str
    topic: str
    payload: bytes
    response_topic: str | None
    about: str
    expires_at: int | None


def keep(
    conn: sqlite3.Connection,
    gateway: str,
    kind: str,
    about: str,
    topic: str,
    payload: bytes,
    at: int,
    *,
    response_topic: str | None = None,
    expires_at: int | None = None,
) -> None:
    """Note a message to send, in the transaction that gives it its reason."""
    conn.execute(
        """INSERT INTO sendings(gateway, kind, about, topic, payload, response_topic, made_at, expires_at)
           VALUES (?,?,?,?,?,?,?,?)""",
        (gateway, kind, about, topic, payload, response_topic, at, expires_at),
    )


def pending(conn: sqlite3.Connection, after: int, now: int) -> list[Sending]:
    """What no broker has confirmed, in the order it was made, after number `after`."""
    rows = conn.execute(
        """SELECT n, gateway, kind, topic, payload, response_topic, about, expires_at FROM sendings
           WHERE confirmed_at IS NULL AND n>? AND (expires_at IS NULL OR expires_at>?) ORDER BY n LIMIT ?""",
        (after, now, AT_ONCE),
    )
    return [Sending(*row) for row in rows]


def confirm(conn: sqlite3.Connection, numbers: list[int], at: int) -> None:
    """A broker has them."""
    conn.executemany("UPDATE sendings SET confirmed_at=? WHERE n=?", [(at, n) for n in numbers])


def again_at_birth(conn: sqlite3.Connection, gateway: str, now: int) -> int:
    """Make the steps pending again that the gateway has not said it knows, and its configuration; how many steps."""
    conn.execute(
        """UPDATE sendings SET confirmed_at=NULL WHERE about=?1 AND kind=?2
               AND json_extract(CAST(payload AS TEXT), '$.version')
                   IS NOT (SELECT json_extract(state, '$.config.version') FROM gateways WHERE gateway=?3)""",
        (_config_of(gateway), CONFIG, gateway),
    )
    return conn.execute(
        """UPDATE sendings SET confirmed_at=NULL WHERE kind=? AND confirmed_at IS NOT NULL AND about IN (
               SELECT id FROM alarms WHERE gateway=? AND echoed<stage AND (stage<? OR closed_at>?))""",
        (STEP, gateway, Stage.CLOSED, now - AGAIN_FOR_MS),
    ).rowcount


def order(
    conn: sqlite3.Connection,
    order_id: str,
    gateway: str,
    command: str,
    device: str,
    arguments: Mapping[str, Scalar],
    by: str,
    at: int,
    expires_at: int,
) -> None:
    """An order to a gateway or one of its devices; on disk before it is sent. The same id again changes nothing."""
    made = conn.execute(
        """INSERT OR IGNORE INTO orders(id, gateway, command, device, arguments, by, made_at, expires_at)
           VALUES (?,?,?,?,?,?,?,?)""",
        (order_id, gateway, command, device, json.dumps(dict(arguments), ensure_ascii=False), by, at, expires_at),
    )
    if not made.rowcount:
        return
    keep(
        conn,
        gateway,
        ORDER,
        order_id,
        topics.down_request(gateway, command),
        encode(Order(id=order_id, device=device, arguments=dict(arguments))),
        at,
        response_topic=topics.up_answer(gateway, order_id),
        expires_at=expires_at,
    )


def want(conn: sqlite3.Connection, gateway: str, version: int, config: dict[str, Any], at: int) -> bool:
    """The configuration that a gateway shall have; false when a newer one, or another of this version, is wanted."""
    about, wish = _config_of(gateway), WantedConfig(version=version, config=config)
    row = conn.execute("SELECT payload FROM sendings WHERE about=? AND kind=?", (about, CONFIG)).fetchone()
    before = decode(bytes(row["payload"]), WantedConfig) if row else None
    if before == wish:
        return True
    if before is not None and before.version >= version:
        return False
    conn.execute("DELETE FROM sendings WHERE about=? AND kind=?", (about, CONFIG))
    keep(conn, gateway, CONFIG, about, topics.down_config(gateway), encode(wish), at)
    return True


def notice(conn: sqlite3.Connection, gateways: Sequence[str], word: Notice, at: int) -> int:
    """An emergency notice, or its withdrawal, to these gateways; to how many. The same word again changes nothing.

    What is still on its way when the notice is withdrawn is not sent any more.
    """
    about = f"notice-{word.id}{'-withdrawn' if word.withdrawn else ''}"
    if conn.execute("SELECT 1 FROM sendings WHERE about=?", (about,)).fetchone():
        return 0
    if word.withdrawn:
        conn.execute(
            "UPDATE sendings SET confirmed_at=? WHERE about=? AND confirmed_at IS NULL", (at, f"notice-{word.id}")
        )
    ends = int(word.expires_at.timestamp() * 1000) if word.expires_at else None
    for gateway in gateways:
        keep(conn, gateway, NOTICE, about, topics.down_notice(gateway), encode(word), at, expires_at=ends)
    return len(gateways)


def _config_of(gateway: str) -> str:
    return f"config-{gateway}"


def answered(conn: sqlite3.Connection, gateway: str, answer: Answer, at: int) -> bool:
    """The gateway's answer; the first one stands. False: nobody asked that."""
    conn.execute(
        """UPDATE orders SET outcome=?, reason=?, result=?, answered_at=?
           WHERE id=? AND gateway=? AND (outcome IS NULL OR answered_at IS NULL)""",
        (answer.outcome, answer.reason, json.dumps(answer.result, ensure_ascii=False), at, answer.id, gateway),
    )
    conn.execute(
        "UPDATE sendings SET confirmed_at=coalesce(confirmed_at, ?) WHERE about=? AND gateway=?",
        (at, answer.id, gateway),
    )
    return conn.execute("SELECT 1 FROM orders WHERE id=? AND gateway=?", (answer.id, gateway)).fetchone() is not None


def expire(conn: sqlite3.Connection, now: int) -> int:
    """Orders whose time is over without an answer; how many. A late answer still replaces this."""
    return conn.execute(
        "UPDATE orders SET outcome='expired', reason='no answer in time' WHERE outcome IS NULL AND expires_at<=?",
        (now,),
    ).rowcount
