"""`linli camera`: looks through one camera of the configuration; systemd starts one for each."""

from __future__ import annotations

import argparse

from edge.cli.parser import DEFAULT_CONFIG, Parser
from edge.cli.speech import Speech


def arguments(parser: Parser) -> None:
    """Declare them."""
    parser.add_argument("name", metavar="NAME", help=parser.speech("the camera's name", "摄像头名称"))
    parser.add_common(config=True)
    parser.add_argument(
        "--verbose", action="store_true", help=parser.speech("log what is done, not only faults", "输出详细日志")
    )
    parser.set_examples("linli camera yard", f"linli camera yard --config {DEFAULT_CONFIG} --verbose")


def run(args: argparse.Namespace, speech: Speech) -> int:  # noqa: ARG001 - the log is for machines
    """Until SIGTERM or SIGINT."""
    from edge.camera_program import run as look  # noqa: PLC0415 - the whole configuration

    return look(args.config, args.name, verbose=args.verbose)
