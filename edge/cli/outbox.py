"""`linli outbox`: what waits for the centre and since when, what was lost on purpose; and sending it again."""

from __future__ import annotations

import argparse

from edge.cli.ask import asking, gateway
from edge.cli.output import age, as_json, only, table
from edge.cli.parser import Parser
from edge.cli.speech import OK, Speech

LANES = ("alarm", "state", "bulk")


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    show = parser.add_command("show", "what waits and what was lost", "待上报和有意丢弃的事件", "linli outbox")
    show.add_argument(
        "--limit", type=int, default=20, help=tr("losses to list, default: 20", "列出的丢弃记录数，默认 20")
    )
    resend = parser.add_command(
        "resend",
        "send again what has no receipt yet",
        "重新发送未收到回执的事件",
        "linli outbox resend",
        "linli outbox resend alarm",
    )
    resend.add_argument("lane", nargs="?", choices=LANES, help=tr("default: all", "默认全部"))
    for command in (show, resend):
        command.add_common(config=True, socket=True)
    parser.set_default_command("show")
    parser.set_examples("linli outbox", "linli outbox show --json", "linli outbox resend alarm")


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Show, or ask for it to be sent again."""
    here = gateway(args, speech)
    tr = here.speech
    with asking(tr):
        if args.command == "resend":
            said = here.client.send("POST", "outbox/resend", {"lane": args.lane} if args.lane else {})
        else:
            said = here.client.get("outbox", limit=args.limit)
    if args.json:
        as_json(said)
    elif args.command == "resend":
        counted = ", ".join(f"{lane} {count}" for lane, count in said["lanes"].items())
        print(tr(f"sent again, with the same ids: {counted}", f"以相同编号重新发送：{counted}"))
    else:
        rows = [[*only(lane, ("lane", "waiting", "bytes", "oldest")), age(lane["oldest_s"])] for lane in said["lanes"]]
        table(
            [tr("lane", "通道"), tr("waiting", "待上报"), tr("bytes", "字节"), tr("since", "自"), tr("age", "时长")],
            rows,
        )
        if said["blobs_waiting"]:
            print(tr(f"files waiting: {said['blobs_waiting']}", f"待上传文件：{said['blobs_waiting']}"))
        print(tr(f"lost on purpose: {said['lost']} events", f"有意丢弃：{said['lost']} 条"))
        if said["losses"]:
            lost = [[*only(one, ("at", "count", "reason")), _ranges(one["ranges"])] for one in said["losses"]]
            table([tr("at", "时间"), tr("events", "条数"), tr("reason", "原因"), tr("which", "范围")], lost)
    return OK


def _ranges(ranges: list[dict[str, object]]) -> str:
    shown = [f"{one.get('lane')} {one.get('first')}-{one.get('last')}" for one in ranges[:4]]
    return ", ".join(shown) + (f", +{len(ranges) - 4}" if len(ranges) > 4 else "")
