"""`linli init`: a commented configuration to start from; nothing is overwritten unless asked for."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from edge.cli.output import as_json
from edge.cli.parser import DEFAULT_CONFIG, Parser
from edge.cli.speech import OK, CannotError, NotDoneError, Speech

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
MODE = 0o640


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    text = tr(f"where, default: {DEFAULT_CONFIG}; - prints it", f"文件位置，默认 {DEFAULT_CONFIG}；- 表示输出到屏幕")
    parser.add_argument("path", metavar="PATH", nargs="?", type=Path, default=DEFAULT_CONFIG, help=text)
    parser.add_argument("--name", help=tr("the gateway's name, as in its certificate", "网关名称，与证书一致"))
    parser.add_argument("--host", help=tr("the centre's host name", "中心平台主机名"))
    parser.add_argument("--force", action="store_true", help=tr("overwrite what is there", "覆盖已有文件"))
    parser.add_common()
    parser.set_examples(
        "sudo linli init --name gateway-12 --host centre.example.org", "linli init ./linli.yaml", "linli init - | less"
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Write it and say what comes next."""
    text = _text(args.name, args.host, speech)
    if str(args.path) == "-":
        sys.stdout.write(text)
        return OK
    _write(args.path, text, speech, force=args.force)
    steps = next_steps(args.path, speech, named=bool(args.name and args.host))
    if args.json:
        as_json({"path": str(args.path), "next": steps})
    else:
        print(speech(f"written: {args.path}", f"已生成：{args.path}"), speech("next:", "下一步："), sep="\n")
        print("\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1)))
    return OK


def next_steps(path: Path, tr: Speech, *, named: bool) -> list[str]:
    """What a person does after that."""
    config = "" if path == DEFAULT_CONFIG else f" --config {path}"
    steps = [
        tr(
            f"put certificate, key and the centre's CA where {path} names them (key: chmod 640)",
            f"按 {path} 中的路径放置证书、私钥和中心 CA（私钥 chmod 640）",
        ),
        tr(
            "uncomment the ports your devices speak through; `linli profiles` lists device types",
            "启用设备所用的端口；`linli profiles` 查看设备类型",
        ),
        tr(f"`linli check{config}` names every mistake", f"`linli check{config}` 检查所有错误"),
        tr(f"`linli run{config}`, then `linli status{config}`", f"`linli run{config}`，再 `linli status{config}`"),
    ]
    if not named:
        steps.insert(0, tr("set gateway.name and centre.host in it", "填写其中的 gateway.name 和 centre.host"))
    return steps


def _text(name: str | None, host: str | None, tr: Speech) -> str:
    from edge.config_template import EXAMPLE_HOST, EXAMPLE_NAME, template  # noqa: PLC0415 - reads resources

    if name is not None and not _NAME.fullmatch(name):
        raise CannotError(
            tr(f"--name {name!r}: use a-z 0-9 -, as in the certificate", f"--name {name!r}：只能用 a-z 0-9 -")
        )
    if host is not None and not _HOST.fullmatch(host):
        raise CannotError(tr(f"--host {host!r} is no host name", f"--host {host!r} 不是主机名"))
    return template(name or EXAMPLE_NAME, host or EXAMPLE_HOST)


def _write(path: Path, text: str, tr: Speech, *, force: bool) -> None:
    """A new file appears whole or not at all; what is there stays unless `force`."""
    if path.exists() and not force:
        raise NotDoneError(tr(f"{path} is there already; --force overwrites it", f"{path} 已存在；加 --force 才会覆盖"))
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise CannotError(tr(f"{path}: {error.strerror}", f"{path}：无法写入（{error.strerror}）")) from None
