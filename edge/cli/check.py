"""`linli check`: every mistake of configuration, profiles and registry at once, each with file, line and column."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

from edge.cli.ask import peek
from edge.cli.output import as_json
from edge.cli.parser import DEFAULT_CONFIG, Parser
from edge.cli.speech import CANNOT, OK, Speech
from firmware_profiles.finding import Finding, in_order


def arguments(parser: Parser) -> None:
    """Declare them."""
    tr = parser.speech
    parser.add_common(config=True)
    parser.set_examples(
        "linli check",
        "linli check --config ./linli.yaml",
        "linli check --json | jq -r '.findings[].message'",
        more=tr(
            "Looks at the configuration, the files it names, all profiles with their drivers' settings,\n"
            "and the device registry. Exit code: 0 nothing wrong; 2 mistakes, or it cannot be read.",
            "检查配置、配置引用的文件、所有设备类型及驱动设置，以及设备登记。退出码：0 无误；2 有错误或无法读取。",
        ),
    )


def run(args: argparse.Namespace, speech: Speech) -> int:
    """Print all findings."""
    if not speech.chosen:
        speech = Speech(peek(args.config).language or speech.language)
    findings, checked = examine(args.config)
    if args.json:
        as_json({"ok": not findings, "checked": checked, "findings": [one.as_dict() for one in findings]})
        return CANNOT if findings else OK
    for one in findings:
        print(one.text(speech.language))
    if findings:
        print(speech(f"mistakes: {len(findings)}", f"共 {len(findings)} 处错误"))
        if args.config == DEFAULT_CONFIG and not args.config.exists():
            print(speech("`linli init` writes a configuration", "`linli init` 可生成配置文件"))
        return CANNOT
    counted = ", ".join(f"{number} {name}" for name, number in checked.items())
    print(speech(f"{args.config}: nothing wrong ({counted})", f"{args.config}：没有错误（{counted}）"))
    return OK


def examine(path: Path) -> tuple[list[Finding], dict[str, int]]:
    """Every mistake in file order, and how much was looked at."""
    from edge import config  # noqa: PLC0415 - the checks load every driver
    from edge.driver_settings import check_ports, settings_schema  # noqa: PLC0415
    from firmware_profiles.loader import examine_profiles  # noqa: PLC0415

    document, findings = config.examine(path, None, settings_schema)
    folders = config.profile_folders(document.data) if document else []
    examined = examine_profiles(settings_schema, folders)
    findings = [*findings, *examined.findings, *check_ports(examined.profiles.values())]
    checked = {"profiles": len(examined.profiles) + len(examined.broken)}
    if document is not None and not examined.broken:
        store = peek(path).data / "linli.db"
        drivers = {profile.id: profile.driver for profile in examined.profiles.values()}
        registered, wrong = _registry(store, drivers)
        findings += wrong
        checked["devices"] = registered
    return in_order(findings), checked


def _registry(store: Path, drivers: dict[str, str]) -> tuple[int, list[Finding]]:
    from edge.addresses import normal_address  # noqa: PLC0415
    from edge.cli.store_look import reading  # noqa: PLC0415
    from edge.device import Rules  # noqa: PLC0415
    from edge.registry import all_devices, check  # noqa: PLC0415

    try:
        with reading(store) as conn:
            return len(all_devices(conn)), check(conn, Rules(drivers, normal_address))
    except FileNotFoundError:
        return 0, []
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return 0, []
        return 0, [Finding(str(store), 0, 0, f"cannot be read: {error}", "", f"无法读取：{error}")]
    except sqlite3.DatabaseError as error:
        return 0, [Finding(str(store), 0, 0, f"is damaged: {error}", "", f"已损坏：{error}")]
