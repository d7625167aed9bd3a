"""`linli office`: start the receiver, and look at and work with what it keeps.

Exit codes: 0 done, 1 not done (no such alarm, refused, no answer in time), 2 cannot be asked (wrong configuration or
usage, no receiver running).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from firmware_profiles.finding import Finding
from office import config, program
from office.client import Client, Declined, NotRunning
from office.database import StoreError
from office.desk import command
from office.desk.proof import command as proving
from office.tables import table

OK, NOT_DONE, CANNOT_ASK = 0, 1, 2

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str]) -> int:
    """The entry point `linli office`."""
    arguments = _parser().parse_args(argv)
    chosen: Command = arguments.run
    try:
        return chosen(arguments)
    except config.ConfigError as error:
        print(error, file=sys.stderr)
    except (NotRunning, StoreError, OSError) as error:
        print(f"linli office: {error}", file=sys.stderr)
    except Declined as error:
        print(f"linli office: {error}", file=sys.stderr)
        return NOT_DONE
    return CANNOT_ASK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("linli office", description="The office's end: receiver, alarms, gateways.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--config", type=Path, default=config.DEFAULT_PATH, help="default: %(default)s")
        sub.add_argument("--json", action="store_true", help="for programs")
        sub.set_defaults(run=run, name=name)
        return sub

    add("receiver", _receiver, "take what gateways send, until stopped").add_argument("--verbose", action="store_true")
    add("check", _check, "say every mistake in the configuration")
    add("status", _status, "lines and counts")
    _add_alarms(add)
    _add_lists(add)
    _add_orders(add)
    command.add_to(add)
    proving.add_to(add)
    return parser


def _add_alarms(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    alarms = add("alarms", _alarms, "list alarms, newest first")
    alarms.add_argument("--open", action="store_true", help="only those nobody closed")
    alarms.add_argument("--gateway")
    add("alarm", _alarm, "one alarm with its steps").add_argument("id")
    for name, step, text in (
        ("ack", "acknowledge", "take an alarm"),
        ("on-the-way", "on_the_way", "someone goes there"),
        ("close", "close", "end an alarm"),
    ):
        sub = add(name, _step, text)
        sub.add_argument("id")
        sub.add_argument("--by", default="duty", help="in which role, default: %(default)s")
        sub.add_argument("--text", default="")
        sub.add_argument("--reason", required=step == "close", default="", help="real, false, test, drill ...")
        sub.set_defaults(step=step)


def _add_lists(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    for name, text in (
        ("devices", "devices and their last word"),
        ("gaps", "what is missing while later events came"),
        ("losses", "what gateways gave up on purpose"),
        ("awaited", "files that events name and that have not come"),
    ):
        add(name, _list, text).add_argument("--gateway")
    add("gateways", _list, "gateways, whether they speak, how far their lanes are")
    add("quarantine", _list, "messages that broke the contract, with the reason")
    give_up = add("give-up", _give_up, "note what is missing of a gateway as lost for ever")
    give_up.add_argument("gateway")
    give_up.add_argument("--reason", required=True)
    presence = add("presence", _presence, "say how many of a department are there, or list it")
    presence.add_argument("department", nargs="?")
    presence.add_argument("--there", type=int, default=0)
    presence.add_argument("--waiting", type=int, default=0)


def _add_orders(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    order = add("order", _order, "ask a gateway or one of its devices to do something, and wait for the answer")
    order.add_argument("gateway")
    order.add_argument("command")
    order.add_argument("--device", default="")
    order.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an argument; JSON or text")
    order.add_argument("--by", default="duty")
    order.add_argument("--valid", type=float, default=60.0, metavar="S", help="default: %(default)s")
    order.add_argument("--wait", type=float, default=10.0, metavar="S", help="0: do not wait; default: %(default)s")


def _receiver(arguments: argparse.Namespace) -> int:
    level = logging.DEBUG if arguments.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    asyncio.run(program.run(config.load(arguments.config, parts=("broker", "blobs"))))
    return OK


def _check(arguments: argparse.Namespace) -> int:
    try:
        loaded = config.load(arguments.config)
    except config.ConfigError as error:
        findings = error.findings
    else:
        findings = [Finding(str(arguments.config), 0, 0, fault) for fault in command.faults(loaded)]
    if arguments.json:
        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        print("\n".join(str(finding) for finding in findings) or f"{arguments.config}: in order")
    return CANNOT_ASK if findings else OK


def _status(arguments: argparse.Namespace) -> int:
    value = _client(arguments).get("status")
    _show(arguments, value, lambda: "\n".join(f"{name}: {_plain(item)}" for name, item in value.items()))
    return OK if all(value["lines"].values()) else NOT_DONE


def _alarms(arguments: argparse.Namespace) -> int:
    value = _client(arguments).get("alarms", open="1" if arguments.open else None, gateway=arguments.gateway)
    _show(arguments, value, lambda: table("alarms", value))
    return OK


def _alarm(arguments: argparse.Namespace) -> int:
    value = _client(arguments).get(f"alarms/{arguments.id}")
    _show(arguments, value, lambda: "\n".join(f"{name}: {_plain(item)}" for name, item in value.items()))
    return OK


def _step(arguments: argparse.Namespace) -> int:
    message = {"step": arguments.step, "by": arguments.by, "text": arguments.text, "reason": arguments.reason}
    value = _client(arguments).send("POST", f"alarms/{arguments.id}/steps", message)
    said = f"{value['alarm']}: {value['stage']}" + ("" if value["changed"] else f" already, by {value['by']}")
    _show(arguments, value, lambda: said)
    return OK if value["changed"] else NOT_DONE


def _list(arguments: argparse.Namespace) -> int:
    name = arguments.name
    value = _client(arguments).get(name, gateway=getattr(arguments, "gateway", None))
    _show(arguments, value, lambda: table(name, value))
    return OK


def _give_up(arguments: argparse.Namespace) -> int:
    message = {"reason": arguments.reason}
    value = _client(arguments).send("POST", f"gateways/{arguments.gateway}/give-up", message)
    _show(arguments, value, lambda: f"{value['sequences']} sequences noted as lost")
    return OK


def _presence(arguments: argparse.Namespace) -> int:
    client = _client(arguments)
    if arguments.department:
        message = {"there": arguments.there, "waiting": arguments.waiting}
        client.send("PUT", f"presence/{arguments.department}", message)
    value = client.get("presence")
    _show(arguments, value, lambda: table("presence", value))
    return OK


def _order(arguments: argparse.Namespace) -> int:
    client = _client(arguments)
    message = {
        "command": arguments.command,
        "device": arguments.device,
        "arguments": dict(_argument(text) for text in arguments.set),
        "by": arguments.by,
        "valid_s": arguments.valid,
    }
    order = client.send("POST", f"gateways/{arguments.gateway}/orders", message)["id"]
    until = time.monotonic() + arguments.wait
    value = client.get(f"orders/{order}")
    while value["outcome"] is None and time.monotonic() < until:
        time.sleep(0.05)
        value = client.get(f"orders/{order}")
    said = value["outcome"] or ("no answer yet" if value["sent"] else "nobody has it yet")
    line = f"{order}: {said} {value['reason']} {_plain(value['result'])}".strip()
    _show(arguments, value, lambda: line)
    return OK if value["outcome"] == "done" or not arguments.wait else NOT_DONE


def _argument(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _client(arguments: argparse.Namespace) -> Client:
    return Client(Path(config.load(arguments.config, files=False).socket))


def _show(arguments: argparse.Namespace, value: object, text: Callable[[], str]) -> None:
    print(json.dumps(value, ensure_ascii=False) if arguments.json else text())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
