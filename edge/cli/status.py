"""`linli status`: how the gateway is, in one word and its reasons; what the store still tells when it does not run."""

from __future__ import annotations

import argparse
from typing import Any

from edge.api.client import Declined, NotRunning
from edge.cli.ask import Gateway, gateway
from edge.cli.output import age, as_json, plain
from edge.cli.parser import Parser
from edge.cli.speech import CANNOT, OK, WARN, CannotError, Speech

CODES = {"ok": OK, "warn": WARN, "fail": CANNOT}


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_common(config=True, socket=True)
    parser.set_examples(
        "linli status",
        "linli status --json | jq .line",
        "linli status > /dev/null || echo look at it",
        more=tr(
            "Exit code: 0 all is well; 1 somebody should look; 2 an alarm does not get through, nothing can be kept,\n"
            "or the gateway does not run (then the store is read, without changing it).",
            "退出码：0 正常；1 需要查看；2 报警无法送达、无法存储，或网关没有运行（此时只读取事件库）。",
        ),
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Ask, print, and say it with the exit code."""
    here = gateway(args, speech)
    try:
        status = here.client.get("status")
    except NotRunning as error:
        return _not_running(here, str(error), json=args.json)
    except Declined as error:
        raise CannotError(str(error)) from None
    if args.json:
        as_json(status)
    else:
        print(text(status, here.speech))
    return CODES.get(status["verdict"], CANNOT)


def text(status: dict[str, Any], tr: Speech) -> str:
    """For a person, gravest first."""
    word = {"ok": tr("all is well", "正常"), "warn": tr("look at it", "请查看"), "fail": tr("FAILED", "故障")}
    lines = [f"{status['gateway']}: {word.get(status['verdict'], status['verdict'])}"]
    lines += [f"  {'!!' if one['level'] == 'fail' else '! '} {one['text']}" for one in status["reasons"]]
    return "\n".join([*lines, "", plain(_rows(status, tr))])


def _rows(status: dict[str, Any], tr: Speech) -> list[list[str]]:
    line, disk, clock, counts = status["line"], status["disk"], status["clock"], status["counts"]
    alarm = status["oldest_alarm_s"]
    waiting = ", ".join(
        f"{lane['lane']} {lane['waiting']}" + (f" ({age(lane['oldest_s'])})" if lane["oldest_s"] is not None else "")
        for lane in status["lanes"]
    )
    faults = ", ".join(f"{one['fault']}: {one['reason']}" for one in status["faults"])
    up = tr("up", "已连接") if line["up"] else tr(f"down: {line['reason']}", f"中断：{line['reason']}")
    return [
        [tr("line", "线路"), f"{up}  {line['centre']}  {tr('since', '自')} {line['since'] or '-'}"],
        [tr("oldest unsent alarm", "最早未送达报警"), tr("none", "无") if alarm is None else age(alarm)],
        [tr("backlog", "待上报"), waiting],
        [tr("lost on purpose", "有意丢弃"), str(counts["lost"])],
        [
            tr("disk", "磁盘"),
            tr(f"{disk['free_mb']} MB free of {disk['total_mb']}", f"剩余 {disk['free_mb']} / {disk['total_mb']} MB")
            + tr(f", store {disk['store_mb']} MB", f"，事件库 {disk['store_mb']} MB"),
        ],
        [tr("clock", "时钟"), f"{clock['trust']}  {clock['now']}"],
        [tr("faults", "故障"), faults or tr("none", "无")],
        [
            tr("devices", "设备"),
            tr(
                f"{counts['devices']} registered, {len(status['silent'])} silent, {counts['unknown']} unknown,"
                f" {counts['open_alarms']} open alarms, {counts['connections']} connections",
                f"已登记 {counts['devices']}，失联 {len(status['silent'])}，未登记 {counts['unknown']}，"
                f"未关闭报警 {counts['open_alarms']}，连接 {counts['connections']}",
            ),
        ],
        [tr("running for", "已运行"), f"{age(status['up_s'])}  linli {status['versions']['linli']}"],
    ]


def _not_running(here: Gateway, reason: str, *, json: bool) -> int:
    from edge.cli.store_look import look  # noqa: PLC0415 - only then

    tr = here.speech
    store = look(here.peeked.data / "linli.db")
    if json:
        as_json({"verdict": "fail", "running": False, "reason": reason, "store": store})
        return CANNOT
    print(tr(f"the gateway does not run: {reason}", f"网关没有运行：{reason}"))
    print(tr(f"store {store['path']}: ", f"事件库 {store['path']}：") + (store.get("error") or ""))
    for lane in store.get("lanes", []):
        since = f" ({tr('since', '自')} {lane['oldest']})" if lane["oldest"] else ""
        print(f"  {lane['lane']}: {lane['waiting']} {tr('wait', '条待上报')}{since}")
    for name, en, zh in (
        ("open_alarms", "open alarms", "未关闭报警"),
        ("devices", "registered devices", "已登记设备"),
        ("unknown", "unknown devices", "未登记设备"),
        ("lost", "lost on purpose", "有意丢弃"),
    ):
        if name in store:
            print(f"  {tr(en, zh)}: {store[name]}")
    return CANNOT
