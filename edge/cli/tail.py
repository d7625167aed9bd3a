"""`linli tail`: what happens at the gateway, live, one line each."""

from __future__ import annotations

import argparse
from typing import Any

from edge.api.client import Happening
from edge.cli.ask import asking, gateway
from edge.cli.output import cell
from edge.cli.parser import Parser
from edge.cli.speech import OK, Speech

KINDS = ("event", "alarm", "fault", "line", "devices", "content", "presence")


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        default=[],
        help=tr("only these; may be given again", "只看此类，可重复"),
    )
    parser.add_argument("--device", help=tr("only this device", "只看此设备"))
    parser.add_argument("--event", metavar="KIND", help=tr("only events of this kind, e.g. contact", "只看此种事件"))
    parser.add_argument("--after", default="", metavar="ID", help=tr("go on after this happening", "从此编号之后继续"))
    parser.add_argument("--count", type=int, metavar="N", help=tr("end after so many", "显示 N 条后结束"))
    parser.add_common(config=True, socket=True)
    parser.set_examples(
        "linli tail", "linli tail --kind alarm --kind fault", "linli tail --device button-301 --json | jq .data"
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Until interrupted, or `--count` have been shown."""
    from drivers.model import encode_json  # noqa: PLC0415 - not before anything is shown

    here = gateway(args, speech)
    left = args.count
    with asking(here.speech):
        for happening in here.client.events(after=args.after):
            if not wanted(happening, args.kind, args.device, args.event):
                continue
            if args.json:
                shown = {"id": happening.id, "kind": happening.kind, **happening.data}
                print(encode_json(shown).decode(), flush=True)
            else:
                print(line(happening, here.speech), flush=True)
            if left is not None and (left := left - 1) <= 0:
                return OK
    return OK


def wanted(happening: Happening, kinds: list[str], device: str | None, event: str | None) -> bool:
    """Whether it passes the filters. That some went by unseen is always said."""
    if happening.kind == "dropped":
        return True
    family = happening.kind.partition(".")[0]
    data = _data(happening)
    if kinds and family not in kinds:
        return False
    if device is not None and data.get("device") != device:
        return False
    return event is None or (family == "event" and data.get("kind") == event)


def line(happening: Happening, tr: Speech) -> str:
    """One line for a person."""
    data = _data(happening)
    at = str(happening.data.get("at", ""))[:19].replace("T", " ")
    family = happening.kind.partition(".")[0]
    if happening.kind == "dropped":
        return tr(f"... {data.get('count')} went by unseen", f"... 有 {data.get('count')} 条未能显示")
    if family == "event":
        what = " ".join(filter(None, (data.get("kind"), data.get("alarm"), _open(data, tr), _flags(data, tr))))
        values = " ".join(f"{name}={cell(value)}" for name, value in data.get("attributes", {}).items())
        stranger = "" if data.get("registered") else tr(" (not registered)", "（未登记）")
        return f"{at}  {data.get('device')}{stranger}  {what}  {values}".rstrip()
    if family == "alarm":
        test = tr(" (test)", "（测试）") if data.get("test") else ""
        return f"{at}  {data.get('device')}  {happening.kind}  {data.get('cause')}{test}  {data.get('stage')}"
    if family == "line":
        up = tr("line up", "线路已连接") if data.get("up") else tr("line down", "线路中断")
        return f"{at}  {up}  {data.get('reason', '')}".rstrip()
    rest = "  ".join(f"{name}={cell(value)}" for name, value in data.items() if value not in (None, ""))
    return f"{at}  {happening.kind}  {rest}"


def _data(happening: Happening) -> dict[str, Any]:
    data = happening.data.get("data", happening.data)
    return data if isinstance(data, dict) else {}


def _open(data: dict[str, Any], tr: Speech) -> str:
    return {True: tr("open", "打开"), False: tr("closed", "关闭")}.get(data.get("open"), "")  # type: ignore[arg-type]


def _flags(data: dict[str, Any], tr: Speech) -> str:
    named = (("stored", tr("late", "补报")), ("test", tr("test", "测试")))
    return " ".join(f"({word})" for name, word in named if data.get(name))
