"""`linli`: finds the command and runs it. Other packages add commands by the entry point group `linli.commands`.

Each command is a module with `arguments(parser)` and `run(args, speech) -> int`, imported only when it is asked for:
`linli --help` loads nothing but this and its table.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from edge.cli.commands import COMMANDS, Entry
from edge.cli.parser import Parser
from edge.cli.speech import CANNOT, LANGUAGES, OK, WARN, CannotError, NotDoneError, Speech, language_of

INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""


class Command(Protocol):
    """What a module of a command offers."""

    def arguments(self, parser: Parser) -> None:
        """Declare them, with help and examples."""

    def run(self, args: argparse.Namespace, speech: Speech) -> int:
        """Do it; the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point; the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    speech = _language(words)
    while words[:1] == ["--lang"] or (words and words[0].startswith("--lang=")):
        words = words[1 if "=" in words[0] else 2 :]
    if not words or words[0] in {"-h", "--help", "help"}:
        print(overview(speech))
        return OK if words else CANNOT
    if words[0] in {"-V", "--version"}:
        print(f"linli {_version()}")
        return OK
    try:
        return _dispatch(words, speech)
    except SystemExit as ended:  # argparse ends like this
        return ended.code if isinstance(ended.code, int) else CANNOT


def parser_of(entry: Entry, speech: Speech) -> Parser:
    """The arguments of a command, for itself and for the documentation's test."""
    parser = Parser(f"linli {entry.name}", speech, speech(entry.en, entry.zh))
    load(entry).arguments(parser)
    return parser


def load(entry: Entry) -> Command:
    """The module of a command."""
    return cast("Command", import_module(f"edge.cli.{entry.module}"))


def overview(speech: Speech) -> str:
    """What `linli --help` says."""
    lines = [
        speech(
            "Linli: from an elder's button to somebody who comes.",
            "邻里：老人按下按钮，就有人来。",
        ),
        "",
        speech("usage: linli [--lang zh|en] COMMAND ...", "用法：linli [--lang zh|en] 命令 ..."),
        "",
        *(f"  {entry.name:<10} {speech(entry.en, entry.zh)}" for entry in COMMANDS),
        *(f"  {name:<10} {speech('see', '见')} `linli {name} --help`" for name in _added()),
        "",
        speech(
            "`linli COMMAND --help` has arguments and examples; every command takes --json.",
            "`linli 命令 --help` 查看参数和示例；所有命令都支持 --json。",
        ),
        speech(
            "Exit codes: 0 done, all is well; 1 a warning, or not done; 2 failed, or it cannot be done.",
            "退出码：0 正常；1 有警告或未完成；2 失败或无法执行。",
        ),
    ]
    return "\n".join(lines)


def _dispatch(words: list[str], speech: Speech) -> int:
    entry = next((entry for entry in COMMANDS if entry.name == words[0]), None)
    if entry is None:
        return _added_or_unknown(words, speech)
    try:
        args = parser_of(entry, speech).parse(words[1:])
        code = load(entry).run(args, speech)
        sys.stdout.flush()
    except CannotError as error:
        print(f"linli {entry.name}: {error}", *error.lines, sep="\n", file=sys.stderr)
        return CANNOT
    except NotDoneError as error:
        print(f"linli {entry.name}: {error}", file=sys.stderr)
        return WARN
    except BrokenPipeError:
        # whoever read our output has seen enough; nothing may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _added_or_unknown(words: list[str], speech: Speech) -> int:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and seldom needed

    for found in entry_points(group="linli.commands"):
        if found.name == words[0]:
            return int(found.load()(words[1:]))
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(words[0], [entry.name for entry in COMMANDS], 1)
    hint = speech(f"; did you mean `{near[0]}`?", f"；是不是 `{near[0]}`？") if near else ""
    said = speech(f"there is no command `{words[0]}`", f"没有命令 `{words[0]}`")
    print(f"linli: {said}{hint}", speech("try `linli --help`", "请查看 `linli --help`"), sep="\n", file=sys.stderr)
    return CANNOT


def _added() -> list[str]:
    from importlib.metadata import entry_points  # noqa: PLC0415

    return sorted(found.name for found in entry_points(group="linli.commands"))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("linli-edge")
    except PackageNotFoundError:
        return "?"


def _language(words: Sequence[str]) -> Speech:
    """`--lang` anywhere, else the environment: it is wanted before anything can be parsed."""
    for index, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang":
            value = words[index + 1] if index + 1 < len(words) else ""
        if value in LANGUAGES:
            return Speech(value, chosen=True)
    return language_of(os.environ)
