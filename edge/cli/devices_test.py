"""`linli devices test ID --wait S`: announce a test, watch the device, and say how far its alarm came and how fast."""

from __future__ import annotations

import argparse
import time
from typing import Any

from edge.api.client import part
from edge.cli.ask import Gateway
from edge.cli.output import as_json
from edge.cli.speech import OK, WARN

POLL_S = 0.25
ARRIVED = ("received_at", "acknowledged_at", "closed_at")


def wait_for_test(args: argparse.Namespace, here: Gateway) -> int:
    """0 when the centre has a test alarm of this device that was raised after the announcement."""
    tr, client = here.speech, here.client
    before = {alarm["id"]: alarm["count"] for alarm in _alarms(here, args.id)}
    device = client.send("POST", f"devices/{part(args.id)}/test", {"minutes": args.minutes})
    if not args.json:
        _explain(here, device)
    start, seen = time.monotonic(), False
    while (passed := time.monotonic() - start) < args.wait:
        new = [alarm for alarm in _alarms(here, args.id) if alarm["count"] != before.get(alarm["id"], 0)]
        done = next((alarm for alarm in new if any(alarm[name] for name in ARRIVED)), None)
        if new and not seen and not args.json:
            print(
                tr(f"{passed:.1f} s: raised: {new[0]['cause']}", f"{passed:.1f} 秒：收到 {new[0]['cause']}"), flush=True
            )
        seen = seen or bool(new)
        if done is not None:
            if args.json:
                as_json({"device": args.id, "passed": True, "alarm": done})
            else:
                print(tr(f"{passed:.1f} s: the centre has it. Passed.", f"{passed:.1f} 秒：中心已收到。测试通过。"))
            return OK
        time.sleep(POLL_S)
    if args.json:
        as_json({"device": args.id, "passed": False, "raised": seen})
    elif seen:
        print(tr("raised, but the centre has not said that it has it", "已收到报警，但中心尚未回执"))
    else:
        print(tr(f"no test alarm within {args.wait:g} s", f"{args.wait:g} 秒内没有收到测试报警"))
    return WARN


def _alarms(here: Gateway, device: str) -> list[dict[str, Any]]:
    found = here.client.get("alarms", limit=100)["alarms"]
    return [alarm for alarm in found if alarm["device"] == device and alarm["test"]]


def _explain(here: Gateway, device: dict[str, Any]) -> None:
    profiles = here.client.get("profiles")["profiles"]
    how = next((one["self_test"] for one in profiles if one["id"] == device["profile"]), None)
    tr = here.speech
    print(tr(f"announced until {device['test_until']}", f"测试已开始，至 {device['test_until']}"))
    if how:
        print(how, flush=True)
