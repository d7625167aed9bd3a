"""`linli call`: the kiosk's end of a video call."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.cli.parser import Parser
from edge.cli.speech import Speech

API, SOCKET = Path("/run/linli/api.sock"), Path("/run/linli/call.sock")


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_common()
    add = parser.add_argument
    add("--api", type=Path, default=API, metavar="PATH", help=tr(f"the gateway, default: {API}", f"网关，默认 {API}"))
    add(
        "--socket",
        type=Path,
        default=SOCKET,
        metavar="PATH",
        help=tr(f"where screens meet it, default: {SOCKET}", f"屏幕程序连接处，默认 {SOCKET}"),
    )
    add(
        "--camera",
        default="/dev/video0",
        metavar="DEVICE",
        help=tr("a device, or `fake`, default: /dev/video0", "设备，或 `fake`，默认 /dev/video0"),
    )
    add(
        "--microphone",
        default="default",
        metavar="DEVICE",
        help=tr("`default`, a device, a WAV file, or `fake`", "`default`、设备、WAV 文件，或 `fake`"),
    )
    add(
        "--speaker",
        default="default",
        metavar="DEVICE",
        help=tr("`default`, a device, or `null`", "`default`、设备，或 `null`"),
    )
    add("--relay-only", action="store_true", help=tr("picture and sound by the relay only", "音视频只走中继"))
    add(
        "--sos-device",
        action="append",
        default=[],
        metavar="ID",
        help=tr(
            "a device whose SOS opens the voice, default: kiosk; may be repeated",
            "求助即接通语音的设备，默认 kiosk，可重复",
        ),
    )
    add(
        "--sos-department",
        default="general",
        metavar="ID",
        help=tr("whom it asks for, default: general", "接通哪个科室，默认 general"),
    )
    add("--verbose", action="store_true", help=tr("log what is done, not only faults", "输出详细日志"))
    parser.set_examples("linli call", "linli call --camera fake --microphone fake --speaker null --verbose")


def run(args: argparse.Namespace, speech: Speech) -> int:  # noqa: ARG001 - the log is for machines
    """Until SIGTERM or SIGINT, or until the media broke."""
    from edge.call import program  # noqa: PLC0415 - codecs and arrays

    return program.run(
        program.Options(
            api=args.api,
            socket=args.socket,
            camera=args.camera,
            microphone=args.microphone,
            speaker=args.speaker,
            relay_only=args.relay_only,
            sos_devices=frozenset(args.sos_device),
            sos_department=args.sos_department,
            verbose=args.verbose,
        )
    )
