"""`linli simulate`: a profile's samples, or a whole neighbourhood, spoken into real ports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.cli.ask import peek
from edge.cli.output import as_json, steps, table
from edge.cli.parser import Parser
from edge.cli.speech import OK, WARN, CannotError, Speech

if TYPE_CHECKING:
    from edge.cli.simulate_ports import Played, Target


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_argument("profile", nargs="?", help=tr("whose samples are played", "播放哪种设备类型的样本"))
    parser.add_argument(
        "target",
        nargs="?",
        help="tcp://HOST:PORT  udp://HOST:PORT  serial:/dev/...  mqtt://[USER:PASSWORD@]HOST:PORT  gpio:/SOCKET",
    )
    parser.add_argument(
        "--neighbourhood", action="store_true", help=tr("devices that live, at the ports of --config", "模拟整个小区")
    )
    samples = parser.add_argument_group(tr("samples", "样本"))
    samples.add_argument("--sample", metavar="NAME", help=tr("only this one", "只播放此样本"))
    samples.add_argument("--list", action="store_true", help=tr("say which there are", "列出样本"))
    samples.add_argument("--times", type=int, default=1, help=tr("default: 1", "次数，默认 1"))
    samples.add_argument("--pin", type=int, default=17, help=tr("for gpio, default: 17", "引脚编号，默认 17"))
    samples.add_argument(
        "--wait", type=float, default=2.0, metavar="S", help=tr("for an answer, default: 2", "等待应答的秒数，默认 2")
    )
    samples.add_argument("--profiles", type=Path, metavar="DIR", help=tr("profiles of the site", "本地设备类型文件夹"))
    life = parser.add_argument_group(tr("neighbourhood", "小区"))
    life.add_argument("--devices", type=int, default=5, help=tr("at each port, default: 5", "每个端口的设备数，默认 5"))
    life.add_argument("--seconds", type=float, default=30.0, help=tr("default: 30", "时长，默认 30 秒"))
    life.add_argument("--every", type=float, default=1.0, metavar="S", help=tr("between messages of one", "报文间隔"))
    life.add_argument("--sos", type=int, default=3, help=tr("how many press, default: 3", "求助次数，默认 3"))
    parser.add_common(config=True)
    parser.set_examples(
        "linli simulate gt06 tcp://127.0.0.1:5023 --sample SOS",
        "linli simulate rf433-fd serial:/tmp/radio        (a pseudo terminal is made there)",
        "linli simulate gpio-button gpio:/run/linli/pins --pin 17",
        "linli simulate --neighbourhood --config ./linli.yaml --seconds 60",
        more=tr(
            "What is played is heard as real: alarms reach the centre unless the device is announced as a test\n"
            "(`linli devices test ID`). Exit code: 0 answered as it should be; 1 not; 2 the port cannot be reached.",
            "播放的报文会被当作真实报文：除非先用 `linli devices test 编号` 声明测试，报警会送达中心。\n"
            "退出码：0 应答正常；1 未应答；2 端口无法连接。",
        ),
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Play."""
    if args.neighbourhood:
        from edge.cli.simulate_life import live  # noqa: PLC0415

        return live(args, speech)
    if args.profile is None:
        raise CannotError(
            speech("name a profile and a target, or --neighbourhood", "请给出设备类型和端口，或 --neighbourhood")
        )
    samples = _samples(args, speech)
    if args.list:
        return _list(args, samples)
    if args.target is None:
        raise CannotError(speech("name a target, e.g. tcp://127.0.0.1:5023", "请给出端口，例如 tcp://127.0.0.1:5023"))
    return _play(args, samples, speech)


def _samples(args: argparse.Namespace, tr: Speech) -> list[dict[str, Any]]:
    from firmware_profiles.loader import examine_profiles, unknown_profile  # noqa: PLC0415

    folder = args.profiles or peek(args.config).profiles
    profiles = examine_profiles(None, [folder] if folder else []).profiles
    if args.profile not in profiles:
        raise CannotError(tr(*unknown_profile(args.profile, profiles)))
    samples = list(profiles[args.profile].samples)
    chosen = [one for one in samples if args.sample in (None, one["name"])]
    if not chosen:
        names = ", ".join(str(one["name"]) for one in samples)
        raise CannotError(
            tr(f"no sample {args.sample!r}; there are: {names}", f"没有样本 {args.sample!r}；可用：{names}")
        )
    return chosen


def _list(args: argparse.Namespace, samples: list[dict[str, Any]]) -> int:
    told = {str(one["name"]): [e.get("alarm") or e["kind"] for e in one.get("events", [])] for one in samples}
    if args.json:
        as_json([{"name": name, "events": events} for name, events in told.items()])
    else:
        table(["sample", "events"], [[name, ", ".join(events)] for name, events in told.items()])
    return OK


def _play(args: argparse.Namespace, samples: list[dict[str, Any]], tr: Speech) -> int:
    from edge.cli.simulate_ports import open_target  # noqa: PLC0415

    played: list[dict[str, Any]] = []
    many = args.times > 1
    try:
        with open_target(args.target, pin=args.pin, wait_s=args.wait) as target:
            todo = [one for _ in range(args.times) for one in samples if target.takes(one)]
            if not todo:
                raise CannotError(tr("this port takes none of the samples", "该端口不接受这些样本"))
            for sample in steps(todo, len(todo), args.profile) if many else todo:
                played.append(_one(target, sample))
                if not (args.json or many):
                    print(_line(played[-1], tr), flush=True)
    except OSError as error:
        raise CannotError(tr(f"{args.target}: {error}", f"{args.target}：无法播放（{error}）")) from None
    missing = sum(one["missing"] for one in played)
    if args.json:
        as_json({"target": args.target, "played": played, "missing": missing})
    else:
        text = tr(f"{len(played)} played, {missing} without the answer", f"已播放 {len(played)}，未应答 {missing}")
        print(text, file=sys.stdout if many else sys.stderr)
    return WARN if missing else OK


def _one(target: Target, sample: dict[str, Any]) -> dict[str, Any]:
    done: Played = target.play(sample)
    missing = bool(sample.get("reply")) and target.answers and not done.answer
    return {
        "sample": sample["name"],
        "sent": done.sent,
        "answer_hex": done.answer.hex(),
        "ms": None if done.ms is None else round(done.ms, 1),
        "missing": missing,
    }


def _line(one: dict[str, Any], tr: Speech) -> str:
    if one["missing"]:
        answer = tr("NO ANSWER", "未应答")
    elif one["answer_hex"]:
        answer = f"{one['answer_hex']} ({one['ms']:g} ms)"
    else:
        answer = "-" if one["ms"] is None else f"ok ({one['ms']:g} ms)"
    return f"{one['sample']}: {one['sent']} -> {answer}"
