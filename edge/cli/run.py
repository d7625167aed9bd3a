"""`linli run`: the gateway itself."""

from __future__ import annotations

import argparse

from edge.cli.parser import DEFAULT_CONFIG, Parser
from edge.cli.speech import Speech


def arguments(parser: Parser) -> None:
    """Declare them."""
    parser.add_common(config=True)
    parser.add_argument(
        "--verbose", action="store_true", help=parser.speech("log what is done, not only faults", "输出详细日志")
    )
    parser.set_examples("linli run", f"linli run --config {DEFAULT_CONFIG} --verbose")


def run(args: argparse.Namespace, speech: Speech) -> int:  # noqa: ARG001 - the log is for machines
    """Until SIGTERM or SIGINT."""
    from edge.program import run as run_gateway  # noqa: PLC0415 - the whole gateway

    return run_gateway(args.config, verbose=args.verbose)
