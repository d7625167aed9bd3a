"""`linli alarms`: how far each alarm got. Acknowledging one is a person's at the centre; here only the buzzer ends."""

from __future__ import annotations

import argparse
from typing import Any

from edge.api.client import part
from edge.cli.ask import asking, gateway
from edge.cli.output import as_json, cell, only, plain, table
from edge.cli.parser import Parser
from edge.cli.speech import OK, WARN, Speech

STAGES = (
    ("raised_at", "raised", "发生"),
    ("broker_at", "at a broker", "已到服务器"),
    ("received_at", "received by the centre", "中心已收到"),
    ("acknowledged_at", "acknowledged", "已有人确认"),
    ("on_the_way_at", "on the way", "已出发"),
    ("closed_at", "closed", "已关闭"),
    ("escalated_at", "escalated", "已升级"),
)


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    listed = parser.add_command("list", "newest first", "最新的在前", "linli alarms", "linli alarms list --open")
    listed.add_argument("--open", action="store_true", help=tr("only those nobody closed", "只看未关闭的"))
    listed.add_argument("--limit", type=int, default=30, help=tr("how many, default: 30", "条数，默认 30"))
    show = parser.add_command("show", "one alarm with its times", "一条报警的全过程", "linli alarms show 0192...")
    silence = parser.add_command(
        "silence",
        "end the buzzer here; the alarm stays open",
        "停止本地蜂鸣器，报警仍未关闭",
        "linli alarms silence 0192...",
    )
    for command in (show, silence):
        command.add_argument("id")
    for command in (listed, show, silence):
        command.add_common(config=True, socket=True)
    parser.set_default_command("list")
    parser.set_examples("linli alarms", "linli alarms list --open --json", "linli alarms silence 0192...")


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Show, or silence."""
    here = gateway(args, speech)
    tr = here.speech
    with asking(tr):
        if args.command == "silence":
            said = here.client.send("POST", f"alarms/{part(args.id)}/silence")
        elif args.command == "show":
            said = here.client.get(f"alarms/{part(args.id)}")
        else:
            said = here.client.get("alarms", limit=args.limit, open="1" if args.open else None)
    if args.json:
        as_json(said)
    elif args.command == "list":
        _list(said["alarms"], tr)
    elif args.command == "show":
        print(plain(_life(said, tr)))
    else:
        done = tr("the buzzer is silent; the alarm stays open", "蜂鸣器已停止；报警仍未关闭")
        print(done if said["silenced"] else tr("there was nothing to silence", "没有正在响的蜂鸣器"))
    return WARN if args.command == "silence" and not said["silenced"] else OK


def _list(alarms: list[dict[str, Any]], tr: Speech) -> None:
    if not alarms:
        print(tr("no alarms", "没有报警"))
        return
    heads = (("raised", "发生"), ("stage", "进展"), ("cause", "原因"), ("device", "设备"), ("presses", "次数"))
    rows = [
        [
            *only(one, ("raised_at", "stage", "cause", "device", "count")),
            where(one),
            tr("test", "测试") if one["test"] else "",
            one["id"],
        ]
        for one in alarms
    ]
    table([*(tr(*head) for head in heads), tr("where", "位置"), "", "id"], rows)


def where(one: dict[str, Any]) -> str:
    """Building, room, pole."""
    return " ".join(filter(None, (one.get("building"), one.get("room"), one.get("pole"))))


def _life(one: dict[str, Any], tr: Speech) -> list[list[str]]:
    rows = [
        [tr("alarm", "报警"), f"{one['cause']}{tr(' (test)', '（测试）') if one['test'] else ''}  {one['id']}"],
        [tr("device", "设备"), f"{one['device']}  {where(one)}"],
        [tr("presses", "次数"), cell(one["count"])],
        [tr("stage", "进展"), one["stage"]],
    ]
    rows += [[tr(en, zh), one[name]] for name, en, zh in STAGES if one[name]]
    by = one["closed_by"] or one["acknowledged_by"]
    return [*rows, *([[tr("by", "处理人角色"), by]] if by else []), *([["", one["reason"]]] if one["reason"] else [])]
