"""`python -m edge.demo`, as `make demo` starts it."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from edge.demo.words import words

EXAMPLES = """\
examples:
  make demo                                     live: a small neighbourhood in this terminal, with keys
  make demo ARGS="--lang zh"                    the same in Chinese
  make demo ARGS="--call"                       the kiosk calls by itself once somebody at the desk takes calls
  make demo ARGS="--no-kiosk"                   without the kiosk's screen and its calls
  make demo ARGS="--once --json"                one judged story, its verdict as one JSON object
  make demo ARGS="--once --sabotage lose"       the judge must find it: exits 1
  make demo ARGS="--once --keep /tmp/story"     databases, ledger and logs stay for a look

exit codes: 0 nothing answered was lost, doubled or out of order; 1 something was; 2 it could not be played
"""
FAILED, UNPLAYED = 1, 2
EVENTS = 10_000
SABOTAGE = ("lose", "double", "swap")


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point."""
    arguments = _parser().parse_args(argv)
    say = words(arguments.lang)
    _write(sys.stderr, say["starting"])
    from edge.demo.failure import DemoError  # noqa: PLC0415 - the first line must not wait for a second of imports

    directory = arguments.keep or Path(tempfile.mkdtemp(prefix="linli-demo-", dir="/tmp"))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(_once(arguments, directory) if arguments.once else _live(arguments, directory))
    except DemoError as error:
        _write(sys.stderr, str(error))
        return UNPLAYED
    except KeyboardInterrupt:
        return UNPLAYED
    finally:
        if arguments.keep is None:
            shutil.rmtree(directory, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m edge.demo",
        description="Broker, receiver, gateway and a simulated neighbourhood at real ports, on this machine alone.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--once", action="store_true", help="play the judged story instead of the live show")
    parser.add_argument("--json", action="store_true", help="with --once: the verdict as one JSON object")
    parser.add_argument("--sabotage", choices=SABOTAGE, help="with --once: spoil the evidence")
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N", help="with --once (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="who does what and when (default %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR and leave everything there")
    parser.add_argument("--seconds", type=float, metavar="S", help="of the live show: end by itself")
    kiosk = parser.add_mutually_exclusive_group()
    kiosk.add_argument("--no-kiosk", action="store_true", help="of the live show: no kiosk, no video call")
    kiosk.add_argument("--call", action="store_true", help="of the live show: the kiosk calls once a clerk takes calls")
    parser.add_argument("--lang", choices=("zh", "en"), help="of the live show (default: the terminal's)")
    return parser


async def _live(arguments: argparse.Namespace, directory: Path) -> int:
    from edge.demo.live import Show  # noqa: PLC0415 - see main

    say = words(arguments.lang)
    kiosk = "" if arguments.no_kiosk else "zh" if say is words("zh") else "en"
    in_order = await Show(directory, arguments.seed, say, kiosk=kiosk, call=arguments.call).play(arguments.seconds)
    if arguments.keep is not None:
        _write(sys.stdout, say["kept"].format(directory))
    return 0 if in_order else FAILED


async def _once(arguments: argparse.Namespace, directory: Path) -> int:
    from edge.demo.sabotage import Sabotage  # noqa: PLC0415 - see main
    from edge.demo.story import Story  # noqa: PLC0415

    began = time.monotonic()

    def tell(text: str) -> None:
        _write(sys.stderr, f"{time.monotonic() - began:6.1f} s  {text}")

    story = Story(directory, arguments.seed, arguments.events, tell)
    outcome = await story.play(Sabotage(arguments.sabotage) if arguments.sabotage else None)
    document = outcome.document()
    _write(sys.stdout, json.dumps(document, ensure_ascii=False) if arguments.json else _text(document))
    return 0 if outcome.verdict.ok else FAILED


def _text(document: Mapping[str, object]) -> str:
    return "\n".join(f"{name:20} {value}" for name, value in document.items())


def _write(to: TextIO, text: str) -> None:
    to.write(text + "\n")
    to.flush()


if __name__ == "__main__":
    sys.exit(main())
