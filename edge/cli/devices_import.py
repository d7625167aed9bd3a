"""`linli devices import`: first everything that would change and every bad row, then the change as one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from edge.api.client import part
from edge.cli.ask import Gateway
from edge.cli.output import as_json, plain
from edge.cli.speech import OK, WARN, CannotError, Speech

SIGNS = {"add": "+", "change": "~", "remove": "-"}
SHOWN = 200


def take(args: argparse.Namespace, here: Gateway) -> int:
    """Show the plan; carry it out with `--yes`, or when the person at the terminal says so."""
    raw = _read(args.file)
    plan = here.client.post("devices/import", raw, remove_missing="1" if args.remove_missing else None)
    if not args.json:
        show(plan, args.file, here.speech)
    todo = plan["adds"] + plan["changes"] + plan["removals"]
    stopped = bool(plan["bad"]) and not args.partial
    done = 0
    if todo and not stopped and (args.yes or _agreed(here.speech, args)):
        answer = here.client.send("POST", f"devices/import/{part(plan['token'])}", {"partial": args.partial})
        done = answer["changed"]
    if args.json:
        as_json({**plan, "applied": done})
    else:
        print(_outcome(done, todo, stopped, here.speech))
    return OK if done == todo and not plan["bad"] else WARN


def show(plan: dict[str, Any], name: str, tr: Speech) -> None:
    """The plan as text: bad rows first, they stop everything."""
    for row in plan["bad"]:
        print(f"{name}:{row['line']}:{row['column']}: {row['message']}")
    for change in plan["diff"][:SHOWN]:
        print(f"{SIGNS.get(change['kind'], '?')} {change['id']}")
        if change["kind"] == "change":
            print(
                plain(
                    [["   ", one["field"], one["before"] or "-", "->", one["after"] or "-"] for one in change["diff"]]
                )
            )
    hidden = plan["adds"] + plan["changes"] + plan["removals"] - min(len(plan["diff"]), SHOWN)
    if hidden > 0:
        print(tr(f"... and {hidden} more", f"…… 另有 {hidden} 台"))
    print(
        tr(
            f"{plan['adds']} new, {plan['changes']} changed, {plan['removals']} removed, {plan['same']} the same,"
            f" {plan['bad_rows']} bad rows",
            f"新增 {plan['adds']}，修改 {plan['changes']}，删除 {plan['removals']}，不变 {plan['same']}，"
            f"错误行 {plan['bad_rows']}",
        )
    )


def _outcome(done: int, todo: int, stopped: bool, tr: Speech) -> str:  # noqa: FBT001
    if done:
        return tr(
            f"done: {done} devices; `linli devices undo` takes it back",
            f"已导入 {done} 台；`linli devices undo` 可撤销",
        )
    if stopped:
        return tr("nothing changed: correct the rows, or --partial", "未作修改：请改正错误行，或加 --partial")
    if not todo:
        return tr("nothing to change", "没有需要修改的内容")
    return tr("nothing changed; --yes carries it out", "未作修改；加 --yes 确认导入")


def _agreed(tr: Speech, args: argparse.Namespace) -> bool:
    if args.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return input(tr("carry it out? [y/N] ", "确认导入？[y/N] ")).strip().lower() in {"y", "yes", "是"}


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CannotError(f"{name}: {error.strerror}") from None
