"""Arguments of a command, its help in two languages, and the examples every help ends with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from edge.cli.speech import CANNOT, LANGUAGES, Speech

DEFAULT_CONFIG = Path("/etc/linli/linli.yaml")
"""As `edge.config.DEFAULT_PATH`, which would load much that most commands do not need."""


def _formatter(speech: Speech) -> Callable[..., argparse.HelpFormatter]:
    """`usage:` in the person's language; examples stay as they are written."""

    class Help(argparse.RawDescriptionHelpFormatter):
        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, speech("usage: ", "用法：") if prefix is None else prefix)

    return lambda prog: Help(prog, max_help_position=30)


class Parser(argparse.ArgumentParser):
    """One command. Nothing is abbreviated: what a script says today must mean the same tomorrow."""

    def __init__(self, prog: str, speech: Speech, about: str = "", examples: Sequence[str] = ()) -> None:
        super().__init__(
            prog,
            description=about,
            formatter_class=_formatter(speech),
            add_help=False,
            allow_abbrev=False,
        )
        self.speech = speech
        self.examples: list[str] = []
        self.set_examples(*examples)
        self.commands: dict[str, Parser] = {}
        self.default_command = ""
        self._positionals.title = speech("arguments", "参数")
        self._optionals.title = speech("options", "选项")
        self._choices: argparse._SubParsersAction[Parser] | None = None
        self.add_argument("-h", "--help", action="help", help=speech("show this help and exit", "显示此帮助"))

    def add_common(self, *, config: bool = False, socket: bool = False) -> None:
        """`--json` and `--lang`, which every command takes, and where it looks."""
        tr = self.speech
        self.add_argument("--json", action="store_true", help=tr("for programs: JSON", "输出 JSON，供程序使用"))
        self.add_argument("--lang", choices=LANGUAGES, help=tr("language of messages", "提示语言"))
        if config or socket:
            text = tr(f"configuration, default: {DEFAULT_CONFIG}", f"配置文件，默认 {DEFAULT_CONFIG}")
            self.add_argument("--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help=text)
        if socket:
            text = tr(
                "local API of the gateway, default: as the configuration says",
                "网关本地接口，默认按配置文件 api.socket",
            )
            self.add_argument("--socket", type=Path, metavar="PATH", help=text)

    def set_examples(self, *examples: str, more: str = "") -> None:
        """What every help ends with; `more` is what is to be said before."""
        self.examples = list(examples)
        shown = "\n".join(f"  {line}" for line in examples)
        listed = f"{self.speech('examples:', '示例：')}\n{shown}" if examples else ""
        self.epilog = "\n\n".join(filter(None, (more, listed))) or None

    def add_command(self, name: str, en: str, zh: str, *examples: str) -> Parser:
        """A command of this command."""
        if self._choices is None:
            title = self.speech("commands", "命令")
            self._choices = self.add_subparsers(
                title=title, metavar="COMMAND", dest="command", required=False, parser_class=_sub(self)
            )
        about = self.speech(en, zh)
        sub = self._choices.add_parser(name, help=about, about=about, examples=examples)
        self.commands[name] = sub
        return sub

    def set_default_command(self, name: str) -> None:
        """What is meant when the first word is none of the commands: `linli alarms` is `linli alarms list`."""
        self.default_command = name

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments; wrong usage ends the program."""
        first = words[0] if words else ""
        if self.default_command and first not in {*self.commands, "-h", "--help"}:
            words = [self.default_command, *words]
        return self.parse_args(words)

    def error(self, message: str) -> NoReturn:
        """Wrong usage: what is wrong, and where help is."""
        tr = self.speech
        print(f"{self.prog}: {tr(message, f'参数有误：{message}')}", file=sys.stderr)
        print(tr(f"try `{self.prog} --help`", f"请查看 `{self.prog} --help`"), file=sys.stderr)
        raise SystemExit(CANNOT)


def _sub(parent: Parser) -> type[Parser]:
    """A class whose parsers speak the parent's language: argparse passes only what add_parser is given."""

    class Sub(Parser):
        def __init__(self, prog: str, about: str = "", examples: Sequence[str] = ()) -> None:
            super().__init__(prog, parent.speech, about, examples)

    return Sub
