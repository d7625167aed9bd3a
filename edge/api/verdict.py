"""One word for how the gateway is, and every reason for it. Pure.

fail    an alarm does not get through, or nothing can be kept: somebody must do something now
warn    it works, and somebody should look
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from edge.api.refusal import Words
from edge.api.shapes import Reason, Verdict

ALARM_LATE_S = 60.0
LINE_LONG_S = 15 * 60.0
BACKLOG = 50_000
DISK_LOW_MB = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What is judged."""

    store_fault: str | None = None
    oldest_alarm_s: float | None = None
    line_up: bool = True
    line_reason: str = ""
    line_s: float = 0.0
    hindrance: str | None = None
    backlog: int = 0
    disk_free_mb: int = 10_000
    clock: str = "trusted"
    faults: list[tuple[str, str]] = field(default_factory=list)
    silent: int = 0
    unknown_with_alarms: int = 0
    config_refused: list[str] = field(default_factory=list)


def judge(facts: Facts, language: str) -> tuple[Verdict, list[Reason]]:
    """The verdict and its reasons, the gravest first."""
    found = list(_reasons(facts))
    found.sort(key=lambda reason: reason[0] is not Verdict.FAIL)
    reasons = [Reason(level, code, words.text(language)) for level, code, words in found]
    return (reasons[0].level if reasons else Verdict.OK), reasons


def _reasons(facts: Facts) -> Iterator[tuple[Verdict, str, Words]]:
    if facts.store_fault is not None:
        yield Verdict.FAIL, "store", Words(f"nothing is stored: {facts.store_fault}", f"无法存储：{facts.store_fault}")
    if facts.oldest_alarm_s is not None and facts.oldest_alarm_s > ALARM_LATE_S:
        s = f"{facts.oldest_alarm_s:.0f}"
        yield (
            Verdict.FAIL,
            "alarm-waits",
            Words(f"an alarm has waited {s} s for the centre", f"有报警已等待中心回执 {s} 秒"),
        )
    yield from _line(facts)
    yield from _rest(facts)


def _line(facts: Facts) -> Iterator[tuple[Verdict, str, Words]]:
    if not facts.line_up:
        level = Verdict.FAIL if facts.line_s > LINE_LONG_S else Verdict.WARN
        text = f" {facts.line_s:.0f} s" if facts.line_s else ""
        zh = f" {facts.line_s:.0f} 秒" if facts.line_s else ""
        yield level, "line-down", Words(f"line down{text}: {facts.line_reason}", f"线路中断{zh}：{facts.line_reason}")
    if facts.hindrance is not None:
        yield Verdict.FAIL, "line-hindered", Words(facts.hindrance, f"线路已连接但不能发送：{facts.hindrance}")
    if facts.backlog > BACKLOG:
        n = facts.backlog
        yield Verdict.WARN, "backlog", Words(f"{n} events wait for the centre", f"有 {n} 条事件等待发送")


def _rest(facts: Facts) -> Iterator[tuple[Verdict, str, Words]]:
    if facts.disk_free_mb < DISK_LOW_MB:
        n = facts.disk_free_mb
        yield Verdict.WARN, "disk", Words(f"{n} MB left on the disk", f"磁盘只剩 {n} MB")
    if facts.clock != "trusted":
        yield Verdict.WARN, "clock", Words(f"the clock is not synchronised ({facts.clock})", "时钟未同步")
    for name, reason in facts.faults:
        if name not in ("store", "line-hindered"):  # told above, and more gravely
            yield Verdict.WARN, f"fault-{name}", Words(f"{name}: {reason}", f"故障 {name}：{reason}")
    if facts.silent:
        n = facts.silent
        yield Verdict.WARN, "silent", Words(f"{n} supervised devices are silent", f"{n} 台受监护设备失联")
    if facts.unknown_with_alarms:
        n = facts.unknown_with_alarms
        said = Words(f"{n} unregistered devices raised alarms: adopt them", f"{n} 台未登记设备发出过报警，请登记")
        yield Verdict.WARN, "unknown-alarms", said
    if facts.config_refused:
        text = "; ".join(_first(facts.config_refused))
        yield Verdict.WARN, "config", Words(f"wanted configuration refused: {text}", f"下发的配置被拒绝：{text}")


def _first(reasons: Iterable[str], most: int = 3) -> list[str]:
    return list(reasons)[:most]
