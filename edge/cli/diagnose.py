"""`linli diagnose`: one file for support, in which nobody's name, place or secret stands."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.api.client import Declined, NotRunning
from edge.cli.ask import Gateway, gateway
from edge.cli.output import as_json
from edge.cli.parser import Parser
from edge.cli.speech import OK, WARN, CannotError, Speech

MODE = 0o600


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help=tr("default: a new file here; - prints it", "默认在当前目录生成；- 输出到屏幕"),
    )
    parser.add_common(config=True, socket=True)
    parser.set_examples(
        "linli diagnose",
        "linli diagnose /tmp/linli.json",
        "linli diagnose - | less",
        more=tr(
            "Left out: residents, places, notes, texts, secrets. Device addresses are shortened.\n"
            "Exit code: 1 when the gateway does not run and the bundle has only what can be seen without it.",
            "不含住户、位置、备注、文字和密钥；设备地址已截短。网关未运行时只含可离线看到的内容，退出码为 1。",
        ),
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Write it and say where."""
    here = gateway(args, speech)
    tr = here.speech
    code = OK
    try:
        bundle = here.client.get("diagnose")
    except NotRunning as error:
        bundle, code = _alone(here, args.config, str(error)), WARN
        print(tr(f"the gateway does not run: {error}", f"网关没有运行：{error}"), file=sys.stderr)
    except Declined as error:
        raise CannotError(str(error)) from None
    if args.file == "-":
        as_json(bundle)
        return code
    path = Path(args.file or _name(bundle))
    _write(path, bundle, tr)
    if args.json:
        as_json({"file": str(path), "running": code == OK})
    else:
        print(tr(f"written: {path}; look through it before you send it", f"已生成：{path}；发送前请先查看"))
    return code


def _name(bundle: dict[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9-]", "", str(bundle.get("status", {}).get("gateway", "gateway")).lower())
    return f"linli-diagnose-{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"


def _alone(here: Gateway, config: Path, reason: str) -> dict[str, Any]:
    """What can be seen from outside: why it may not start. Places of mistakes and counts, no values."""
    from edge.cli.check import examine  # noqa: PLC0415 - loads all checks
    from edge.cli.store_look import look  # noqa: PLC0415

    findings, checked = examine(config)
    return {
        "made_at": datetime.now(UTC).isoformat(),
        "running": False,
        "reason": reason,
        "checked": checked,
        "findings": [str(one) for one in findings],
        "store": look(here.peeked.data / "linli.db"),
        "versions": {"python": platform.python_version(), "system": f"{platform.system()} {os.uname().release}"},
    }


def _write(path: Path, bundle: dict[str, Any], tr: Speech) -> None:
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(bundle, file, ensure_ascii=False, indent=1)
    except OSError as error:
        raise CannotError(tr(f"{path}: {error.strerror}", f"{path}：无法写入（{error.strerror}）")) from None
