"""`linli devices`: the registry of this gateway, changed through the gateway that runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.api.client import part
from edge.cli.ask import Gateway, asking, gateway
from edge.cli.output import as_json, cell, only, plain, table
from edge.cli.parser import Parser
from edge.cli.speech import OK, CannotError, NotDoneError, Speech

Work = Callable[[argparse.Namespace, Gateway], int]

FIELDS = (
    *("profile", "address", "resident", "building", "room", "pole", "lat", "lon", "datum"),
    *("check_in_s", "away_until", "note", "enabled"),
)
COLUMNS = ("id", "profile", "address", "building", "room", "pole", "last_heard", "battery")
PAGE = 500


def arguments(parser: Parser) -> None:
    """Declare them."""
    _looking(parser)
    _changing(parser)
    _speaking(parser)
    for command in parser.commands.values():
        command.add_common(config=True, socket=True)
    parser.set_default_command("list")
    parser.set_examples(
        "linli devices --silent",
        "linli devices adopt 861234567890123 pendant-12 building=3 room=301 pole=P17",
        "linli devices import devices.csv",
        "linli devices test pendant-12 --minutes 10",
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """One of them."""
    here = gateway(args, speech)
    with asking(here.speech):
        return WORK[args.command](args, here)


def _looking(parser: Parser) -> None:
    tr = parser.speech
    listed = parser.add_command("list", "all devices", "所有设备", "linli devices", "linli devices list 3栋 --silent")
    listed.add_argument("text", nargs="?", help=tr("in id, address or place", "编号、地址或位置中含有的文字"))
    listed.add_argument("--profile", help=tr("only of this type", "只看此类型"))
    listed.add_argument("--silent", action="store_true", help=tr("only those that should have spoken", "只看失联的"))
    show = parser.add_command("show", "one device", "一台设备", "linli devices show pendant-12")
    show.add_argument("id")
    parser.add_command("unknown", "devices that spoke and are not registered", "未登记的设备", "linli devices unknown")
    export = parser.add_command(
        "export",
        "the registry as CSV",
        "导出 CSV",
        "linli devices export devices.csv",
        "linli devices export - --columns en",
    )
    export.add_argument("file", nargs="?", default="-", help=tr("- is standard output", "- 为标准输出"))
    export.add_argument("--columns", choices=("zh", "en"), help=tr("language of the column names", "列名语言"))


def _changing(parser: Parser) -> None:
    tr = parser.speech
    text = tr(f"FIELD is one of {', '.join(FIELDS)}", f"字段：{'、'.join(FIELDS)}")
    add = parser.add_command(
        "add",
        "register a device",
        "登记设备",
        "linli devices add button-7 profile=gpio-button address=button-7 building=3 room=301 pole=P17",
    )
    change = parser.add_command(
        "set", "change fields of a device", "修改设备", "linli devices set button-7 room=302 note="
    )
    adopt = parser.add_command(
        "adopt",
        "register a device that was heard",
        "收编已收到的未登记设备",
        "linli devices adopt 12345E door-3 room=101",
    )
    adopt.add_argument("address")
    adopt.add_argument("--driver", help=tr("where several heard this address", "多个驱动收到同一地址时指明"))
    for command in (add, change, adopt):
        command.add_argument("id")
        command.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=text)
    remove = parser.add_command("remove", "take a device out", "删除设备", "linli devices remove button-7")
    remove.add_argument("id")
    forget = parser.add_command(
        "forget",
        "take one off the unknown; it comes back if it speaks",
        "从未登记列表移除",
        "linli devices forget 12345E",
    )
    forget.add_argument("address")
    forget.add_argument("--driver")
    take = parser.add_command(
        "import",
        "show what a CSV would change; with --yes change it",
        "预览并导入 CSV",
        "linli devices import devices.csv",
        "linli devices import devices.csv --yes",
    )
    take.add_argument("file")
    take.add_argument("--yes", action="store_true", help=tr("carry it out", "确认导入"))
    take.add_argument(
        "--partial", action="store_true", help=tr("the good rows although others are bad", "跳过有错的行")
    )
    take.add_argument("--remove-missing", action="store_true", help=tr("who is not in it goes", "删除文件中没有的设备"))
    parser.add_command("undo", "take the last import back", "撤销上次导入", "linli devices undo")


def _speaking(parser: Parser) -> None:
    tr = parser.speech
    test = parser.add_command(
        "test",
        "what it raises for so long is a test, the whole way",
        "在此期间其报警按测试处理，走完全程",
        "linli devices test button-7 --minutes 10",
        "linli devices test button-7 --wait 120",
        "linli devices test button-7 --end",
    )
    test.add_argument("--minutes", type=float, default=10.0, help=tr("default: 10", "默认 10"))
    test.add_argument(
        "--wait", type=float, metavar="S", help=tr("until the centre has its test alarm", "等待中心收到其测试报警")
    )
    away = parser.add_command(
        "away",
        "its silence is expected until then",
        "在此之前不监护失联",
        "linli devices away watch-3 --until 2026-10-07T18:00:00+08:00",
        "linli devices away watch-3 --end",
    )
    away.add_argument(
        "--until", metavar="TIME", help=tr("with its zone; without one it is local", "时间，默认本地时区")
    )
    for command in (test, away):
        command.add_argument("id")
        command.add_argument("--end", action="store_true", help=tr("now", "立即结束"))
    verbs = (
        ("say", "let it show or say a text", "让设备显示或播报", "linli devices say watch-3 请回电"),
        ("locate", "ask where it is", "要求定位", "linli devices locate watch-3"),
        ("interval", "how often it reports its place", "设置上报间隔", "linli devices interval watch-3 300"),
        ("confirm", "tell it that somebody has seen its alarm", "告知设备报警已确认", "linli devices confirm watch-3"),
        ("output", "switch its output", "切换输出", "linli devices output tracker-1 on"),
    )
    for name, en, zh, example in verbs:
        parser.add_command(name, en, zh, example).add_argument("id")
    parser.commands["say"].add_argument("text")
    parser.commands["interval"].add_argument("seconds", type=int)
    parser.commands["confirm"].add_argument(
        "--alarm", default="sos", help=tr("its cause, default: sos", "原因，默认 sos")
    )
    parser.commands["output"].add_argument("state", choices=("on", "off"))


# --- looking


def _list(args: argparse.Namespace, here: Gateway) -> int:
    tr, found, after = here.speech, [], None
    while True:
        query = {"q": args.text, "profile": args.profile, "silent": "1" if args.silent else None}
        page = here.client.get("devices", after=after, limit=PAGE, **query)
        found += page["devices"]
        after = page["next"]
        if after is None:
            break
    if args.json:
        as_json(found)
    elif not found:
        print(tr("no such devices", "没有符合的设备"))
    else:
        heads = ("id", tr("type", "类型"), tr("address", "地址"), tr("building", "楼栋"), tr("room", "房间"))
        more = (tr("pole", "一号定位"), tr("last heard", "最近上线"), tr("battery", "电量"), tr("state", "状态"))
        table([*heads, *more], [[*only(one, COLUMNS), _state(one, tr)] for one in found])
    return OK


def _state(one: dict[str, Any], tr: Speech) -> str:
    words = (
        (not one["enabled"], tr("disabled", "停用")),
        (one["silent"], tr("SILENT", "失联")),
        (one["test_until"], tr("test", "测试中")),
        (one["away_until"], tr("away", "暂离")),
        (one["open"], tr("open", "打开")),
        (one["lasting"], " ".join(one["lasting"])),
    )
    return " ".join(str(word) for is_so, word in words if is_so)


def _show(args: argparse.Namespace, here: Gateway) -> int:
    return _said(args, here.client.get(f"devices/{part(args.id)}"))


def _unknown(args: argparse.Namespace, here: Gateway) -> int:
    tr = here.speech
    said = here.client.get("unknown", limit=PAGE)
    if args.json:
        as_json(said)
        return OK
    if not said["unknown"]:
        print(tr("nobody unknown has spoken", "没有未登记的设备"))
        return OK
    names = ("address", "profile", "alarms", "count", "first_heard", "last_heard")
    heads = (("address", "地址"), ("heard as", "类型"), ("alarms", "报警"), ("messages", "报文"), ("first", "首次"))
    table([*(tr(*head) for head in heads), tr("last", "最近")], [only(one, names) for one in said["unknown"]])
    print(tr("`linli devices adopt ADDRESS ID` registers one", "用 `linli devices adopt 地址 编号` 登记"))
    return OK


def _export(args: argparse.Namespace, here: Gateway) -> int:
    content = here.client.content("devices/export", language=args.columns or here.speech.language)
    if args.file == "-":
        sys.stdout.buffer.write(content)
        return OK
    try:
        Path(args.file).write_bytes(content)
    except OSError as error:
        raise CannotError(f"{args.file}: {error.strerror}") from None
    if args.json:
        as_json({"file": args.file, "bytes": len(content)})
    else:
        print(here.speech(f"written: {args.file}", f"已导出：{args.file}"))
    return OK


# --- changing


def _add(args: argparse.Namespace, here: Gateway) -> int:
    return _said(args, here.client.send("POST", "devices", {"id": args.id, **_fields(args, here.speech)}))


def _set(args: argparse.Namespace, here: Gateway) -> int:
    fields = _fields(args, here.speech)
    here.client.get(f"devices/{part(args.id)}")  # a slip in the id must not make a new device
    return _said(args, here.client.send("PUT", f"devices/{part(args.id)}", fields))


def _adopt(args: argparse.Namespace, here: Gateway) -> int:
    fields = {"id": args.id, **_fields(args, here.speech), **({"driver": args.driver} if args.driver else {})}
    return _said(args, here.client.send("POST", f"unknown/{part(args.address)}/adopt", fields))


def _remove(args: argparse.Namespace, here: Gateway) -> int:
    here.client.send("DELETE", f"devices/{part(args.id)}")
    tr = here.speech
    return _done(args, tr(f"{args.id} is no longer registered", f"{args.id} 已删除"), {"removed": args.id})


def _forget(args: argparse.Namespace, here: Gateway) -> int:
    here.client.send("DELETE", f"unknown/{part(args.address)}", driver=args.driver)
    tr = here.speech
    return _done(args, tr(f"{args.address} is off the list", f"{args.address} 已移除"), {"forgotten": args.address})


def _import(args: argparse.Namespace, here: Gateway) -> int:
    from edge.cli.devices_import import take  # noqa: PLC0415

    return take(args, here)


def _undo(args: argparse.Namespace, here: Gateway) -> int:
    said = here.client.send("POST", "devices/undo")
    tr = here.speech
    if not said["changed"]:
        raise NotDoneError(tr("there is no import to take back", "没有可撤销的导入"))
    return _done(args, tr(f"taken back: {said['changed']} devices", f"已撤销：{said['changed']} 台"), said)


def _fields(args: argparse.Namespace, tr: Speech) -> dict[str, str]:
    wrong = [word for word in args.fields if "=" not in word]
    if wrong:
        raise CannotError(tr(f"not FIELD=VALUE: {' '.join(wrong)}", f"应写成 字段=值：{' '.join(wrong)}"))
    return {name: value for name, _, value in (word.partition("=") for word in args.fields)}


# --- speaking


def _test(args: argparse.Namespace, here: Gateway) -> int:
    path = f"devices/{part(args.id)}/test"
    if args.end:
        return _said(args, here.client.send("DELETE", path))
    if args.wait is not None:
        from edge.cli.devices_test import wait_for_test  # noqa: PLC0415

        return wait_for_test(args, here)
    return _said(args, here.client.send("POST", path, {"minutes": args.minutes}))


def _away(args: argparse.Namespace, here: Gateway) -> int:
    path = f"devices/{part(args.id)}/away"
    if args.end:
        return _said(args, here.client.send("DELETE", path))
    tr = here.speech
    if not args.until:
        raise CannotError(tr("--until TIME, or --end", "请给出 --until 时间，或 --end"))
    from datetime import datetime  # noqa: PLC0415

    try:
        until = datetime.fromisoformat(args.until).astimezone().isoformat()
    except ValueError:
        text = tr(f"{args.until!r} is no time; e.g. 2026-10-07T18:00", f"{args.until!r} 不是时间；例：2026-10-07T18:00")
        raise CannotError(text) from None
    return _said(args, here.client.send("POST", path, {"until": until}))


def _say(args: argparse.Namespace, here: Gateway) -> int:
    more = {
        "say": lambda: {"text": args.text},
        "interval": lambda: {"seconds": args.seconds},
        "confirm": lambda: {"alarm": args.alarm},
        "output": lambda: {"on": args.state == "on"},
    }.get(args.command, dict)()
    said = here.client.send("POST", f"devices/{part(args.id)}/say", {"verb": args.command, **more})
    tr = here.speech
    return _done(
        args, tr("sent; what the device says comes as an event (`linli tail`)", "已发送；设备回应见 `linli tail`"), said
    )


def _said(args: argparse.Namespace, device: dict[str, Any]) -> int:
    if args.json:
        as_json(device)
        return OK
    rows = [[name, cell(value)] for name, value in device.items() if value not in (None, "", {}, [])]
    print(plain(rows))
    return OK


def _done(args: argparse.Namespace, text: str, value: object) -> int:
    if args.json:
        as_json(value)
    else:
        print(text)
    return OK


WORK: dict[str, Work] = {
    "list": _list,
    "show": _show,
    "unknown": _unknown,
    "export": _export,
    "add": _add,
    "set": _set,
    "adopt": _adopt,
    "remove": _remove,
    "forget": _forget,
    "import": _import,
    "undo": _undo,
    "test": _test,
    "away": _away,
    **dict.fromkeys(("say", "locate", "interval", "confirm", "output"), _say),
}
