"""`linli profiles`: the device types, read from the files themselves: also while no gateway runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.cli.ask import peek
from edge.cli.output import as_json, cell, plain, table
from edge.cli.parser import Parser
from edge.cli.speech import CANNOT, OK, CannotError, Speech

if TYPE_CHECKING:
    from firmware_profiles.loader import Profile


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    listed = parser.add_command("list", "all device types", "所有设备类型", "linli profiles")
    show = parser.add_command("show", "one device type", "一种设备类型", "linli profiles show gt06")
    test = parser.add_command(
        "self-test",
        "what an installer does to prove a device",
        "安装人员如何验证设备",
        "linli profiles self-test watch",
    )
    check = parser.add_command(
        "check",
        "every mistake, and whether each sample means what it says",
        "检查设备类型及其样本",
        "linli profiles check",
        "linli profiles check my-button --profiles .",
    )
    for command in (show, test):
        command.add_argument("id")
    check.add_argument("id", nargs="?", help=tr("default: all", "默认全部"))
    for command in (listed, show, test, check):
        command.add_argument(
            "--profiles", type=Path, metavar="DIR", help=tr("profiles of the site", "本地设备类型文件夹")
        )
        command.add_common(config=True)
    parser.set_default_command("list")
    parser.set_examples("linli profiles", "linli profiles show gt06 --json", "linli profiles check")


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Read them all and show what was asked for."""
    from firmware_profiles.loader import examine_profiles  # noqa: PLC0415 - slow

    peeked = peek(args.config)
    if not speech.chosen:
        speech = Speech(peeked.language or speech.language)
    folder = args.profiles or peeked.profiles
    folders = [folder] if folder else []
    if args.command == "check":
        return _check(args, folders, speech)
    found = examine_profiles(None, folders).profiles
    if args.command == "list":
        return _list(args, list(found.values()), speech)
    profile = found.get(args.id)
    if profile is None:
        from firmware_profiles.loader import unknown_profile  # noqa: PLC0415

        raise CannotError(speech(*unknown_profile(args.id, found)))
    return _show(args, profile, speech) if args.command == "show" else _self_test(args, profile, speech)


def _list(args: argparse.Namespace, profiles: list[Profile], tr: Speech) -> int:
    if args.json:
        as_json([_value(one) for one in profiles])
        return OK
    rows = [[one.id, tr(one.title.en, one.title.zh), one.driver, ", ".join(one.ports)] for one in profiles]
    table(["id", tr("title", "名称"), tr("driver", "驱动"), tr("ports", "端口")], rows)
    return OK


def _show(args: argparse.Namespace, profile: Profile, tr: Speech) -> int:
    value = _value(profile)
    if args.json:
        as_json(value)
        return OK
    value["title"] = tr(profile.title.en, profile.title.zh)
    value["self_test"] = profile.self_test and tr(profile.self_test.how.en, profile.self_test.how.zh)
    for name in ("settings", "alarms"):
        value[name] = ", ".join(f"{key}: {cell(one)}" for key, one in value[name].items())
    value["ports"] = ", ".join(value["ports"])
    value["samples"] = ", ".join(value["samples"])
    print(plain([[name, str(one or "-")] for name, one in value.items()]))
    return OK


def _self_test(args: argparse.Namespace, profile: Profile, tr: Speech) -> int:
    test = profile.self_test
    if args.json:
        as_json(_value(profile)["self_test"])
    elif test is None:
        print(tr("nothing is said about how to prove it", "没有说明如何验证"))
    else:
        print(tr(test.how.en, test.how.zh))
        expect = ", ".join(test.expect)
        print(tr(f"then within {test.within_s:g} s: {expect}", f"随后 {test.within_s:g} 秒内应收到：{expect}"))
        print(tr("`linli devices test ID --wait 120` watches it", "用 `linli devices test 编号 --wait 120` 观察"))
    return OK


def _value(one: Profile) -> dict[str, Any]:
    test = one.self_test
    return {
        "id": one.id,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "driver": one.driver,
        "ports": list(one.ports),
        "settings": one.settings,
        "check_in_s": one.supervision.check_in_s,
        "alarms": one.alarms,
        "self_test": test
        and {
            "how": {"zh": test.how.zh, "en": test.how.en},
            "expect": list(test.expect),
            "within_s": test.within_s,
            "times": test.times,
        },
        "samples": [sample["name"] for sample in one.samples],
        "file": one.file,
    }


def _check(args: argparse.Namespace, folders: list[Path], tr: Speech) -> int:
    from edge.cli.profile_samples import check_samples  # noqa: PLC0415
    from edge.driver_settings import check_ports, settings_schema  # noqa: PLC0415
    from firmware_profiles.finding import in_order  # noqa: PLC0415
    from firmware_profiles.loader import examine_profiles, unknown_profile  # noqa: PLC0415

    examined = examine_profiles(settings_schema, folders)
    if args.id is not None and args.id not in {*examined.profiles, *examined.broken}:
        raise CannotError(tr(*unknown_profile(args.id, examined.profiles)))
    wanted = [one for one in examined.profiles.values() if args.id in (None, one.id)]
    findings = [one for one in examined.findings if args.id in (None, Path(one.file).stem)]
    findings = in_order([*findings, *check_ports(wanted), *(found for one in wanted for found in check_samples(one))])
    samples = sum(len(one.samples) for one in wanted)
    if args.json:
        as_json(
            {
                "ok": not findings,
                "profiles": len(wanted),
                "samples": samples,
                "findings": [f.as_dict() for f in findings],
            }
        )
    else:
        for one in findings:
            print(one.text(tr.language))
        counted = tr(f"{len(wanted)} profiles, {samples} samples", f"{len(wanted)} 种设备类型，{samples} 个样本")
        print(counted + tr(f", {len(findings)} mistakes", f"，{len(findings)} 处错误"))
    return CANNOT if findings else OK
