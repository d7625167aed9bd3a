"""`linli decode PROTOCOL`: JSON lines of bytes in, JSON lines of meaning out, one for one, as they come."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from drivers.model import Instant, encode_json
from edge.cli.decode_lines import Lines, failed
from edge.cli.output import progress
from edge.cli.parser import Parser
from edge.cli.resolve import Resolver
from edge.cli.speech import OK, WARN, CannotError, Speech

MAX_LINE = 16 * 1024 * 1024
"""A longer line is answered with an error and skipped: the input is held in memory one line at a time."""


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_argument("protocol", metavar="PROTOCOL", help=tr("a profile, or a driver", "设备类型，或驱动名"))
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help=tr("instead of standard input", "代替标准输入")
    )
    parser.add_argument(
        "--model", default="", help=tr("where a layout follows the model", "型号，部分报文格式随型号而定")
    )
    parser.add_argument("--profiles", type=Path, metavar="DIR", help=tr("profiles of the site", "本地设备类型文件夹"))
    parser.add_argument("--at", type=moment, metavar="TIME", help=tr("as if received then", "按此时间接收"))
    parser.add_common()
    parser.set_examples(
        'echo \'{"id": 1, "wire_hex": "78780d01...0d0a"}\' | linli decode gt06',
        "linli decode gt06 --model LW4G-4B < frames.jsonl",
        "linli decode jt808 frames.jsonl | jq '.events[].alarm'",
        more=tr(
            "Each line of input is its own fresh connection:\n"
            '  {"id", "wire_hex" | "chunks": [hex, ...], "login_hex"?, "key"?}\n'
            'also {"topic", "payload"} for MQTT, {"json"} for lines of JSON, {"timeline"} for pins.\n'
            'Each line of output: {"id", "events": [...], "reply_hex": [...], "error": null | text, "notes"?}.\n'
            "Exit code: 0 every line was read; 1 some had an error of their own; 2 there is no such protocol.",
            "每行输入是一个独立的新连接：\n"
            '  {"id", "wire_hex" | "chunks": [hex, ...], "login_hex"?, "key"?}\n'
            'MQTT 用 {"topic", "payload"}，JSON 文本行用 {"json"}，引脚用 {"timeline"}。\n'
            '每行输出：{"id", "events": [...], "reply_hex": [...], "error": null | 文本, "notes"?}。\n'
            "退出码：0 全部可读；1 有的行出错；2 没有该协议。",
        ),
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Stream; the exit code."""
    folders = [args.profiles] if args.profiles else []
    lines = Lines(Resolver(args.protocol, folders, speech), args.model)
    for remark in sorted(lines.remarks):
        print(f"linli decode: {remark}", file=sys.stderr)
    if args.file is None:
        return _stream(lines, sys.stdin.buffer, args.at)
    try:
        with args.file.open("rb") as source:
            return _stream(lines, source, args.at)
    except OSError as error:
        raise CannotError(f"{args.file}: {error.strerror}") from None


def moment(text: str) -> datetime:
    """`2026-08-20T08:00:00Z`; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _stream(lines: Lines, source: BinaryIO, at: datetime | None) -> int:
    code = OK
    out = sys.stdout.buffer
    live = not source.seekable()  # a pipe: whoever writes line by line reads line by line
    for line in progress(_lines(source), source, live=live):
        if not line.strip():
            continue
        if len(line) > MAX_LINE:
            answer = failed(None, f"longer than {MAX_LINE} bytes")
        else:
            answer = lines.answer(line, Instant(at or datetime.now(UTC), time.monotonic()))
        if answer["error"] is not None:
            code = WARN
        out.write(encode_json(answer) + b"\n")
        if live:
            out.flush()
    out.flush()
    return code


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is too long the beginning, once."""
    while line := source.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = source.readline(MAX_LINE + 1)
