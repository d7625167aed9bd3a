"""The reference of `docs/command-line.md`, made from the parsers themselves.

python -m edge.cli.manual docs/command-line.md      writes what comes after the mark anew
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from edge.cli.commands import COMMANDS
from edge.cli.main import parser_of
from edge.cli.parser import Parser
from edge.cli.speech import Speech

MARK = "<!-- From here on written by `python -m edge.cli.manual docs/command-line.md`. -->"
COMMON = frozenset(("--help", "--json", "--lang"))


def reference() -> str:
    """Every command, its arguments and examples."""
    english, chinese = Speech("en"), Speech("zh")
    parts = [
        text
        for entry in COMMANDS
        for text in _command(parser_of(entry, english), f"{entry.en} · {entry.zh}", parser_of(entry, chinese))
    ]
    return "\n".join(parts)


def renewed(document: str) -> str:
    """The document with a fresh reference after the mark."""
    return document.partition(MARK)[0] + f"{MARK}\n\n{reference()}"


def _command(parser: Parser, title: str, chinese: Parser) -> Iterator[str]:
    yield f"## {parser.prog}\n\n{title}\n"
    yield from _table(parser, chinese)
    if parser.examples:
        yield "```console\n" + "\n".join(parser.examples) + "\n```\n"
    for name, command in parser.commands.items():
        other = chinese.commands[name]
        assumed = ", what is done when no command is named" if name == parser.default_command else ""
        yield f"### {parser.prog} {name}\n\n{command.description} · {other.description}{assumed}\n"
        yield from _table(command, other)
        yield "```console\n" + "\n".join(command.examples) + "\n```\n"


def _table(parser: Parser, chinese: Parser) -> Iterator[str]:
    rows = [
        f"| `{_name(action)}` | {action.help or ''} | {other.help or ''} |"
        for action, other in zip(shown(parser), shown(chinese), strict=True)
    ]
    if rows:
        yield "\n".join(["| argument | | |", "|---|---|---|", *rows]) + "\n"


def shown(parser: Parser) -> list[argparse.Action]:
    """What is particular to this command."""
    kept = [action for action in parser._actions if not COMMON & set(action.option_strings)]  # noqa: SLF001 - argparse offers no other way
    return [action for action in kept if action.dest != "command"]


def _name(action: argparse.Action) -> str:
    choices = "\\|".join(map(str, action.choices)) if action.choices else ""
    value = str(action.metavar or choices or action.dest.upper())
    if not action.option_strings:
        optional = action.nargs in {"?", "*"}
        return f"[{value}]" if optional else value
    return action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"


def main() -> int:
    """Renew the file that is named."""
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
