"""The live show on a terminal: a picture as tables, cut to the terminal's height."""

from __future__ import annotations

from collections.abc import Sequence

from edge.demo.picture import AlarmLook, Picture
from edge.demo.words import Words
from edge.terminal import Group, Table, Text

FEWEST_ROWS = 3
TITLES = 3 * 3
"""Title, headings and the blank line of each of the three tables."""

_STAGE_STYLE = {
    "raised": "bold red",
    "at_broker": "yellow",
    "received": "green",
    "acknowledged": "cyan",
    "closed": "dim",
}


def screen(picture: Picture, say: Words, height: int, invitation: Sequence[str] = ()) -> Group:
    """Everything that fits into `height` lines: head, lanes, alarms, devices. `invitation`: where the desk is."""
    head = _head(picture, say, invitation)
    left = height - len(head) - TITLES - max(1, len(picture.lanes))
    devices = max(FEWEST_ROWS, min(len(picture.devices), left * 2 // 3))
    alarms = max(FEWEST_ROWS, left - devices)
    blank = Text("")
    tables = (_lanes(picture, say), _alarms(picture, say, alarms), _devices(picture, say, devices))
    return Group(*head, *(part for table in tables for part in (blank, table)))


def _head(picture: Picture, say: Words, invitation: Sequence[str]) -> list[Text]:
    gateway = Text(say["running"], "bold green") if picture.gateway_up else Text(say["killed"], "bold white on red")
    line = Text(say["up"], "bold green") if picture.line_up else Text(say["cut"], "bold white on red")
    since, kills = say["since"].format(int(picture.line_since_s)), say["kills"].format(picture.kills)
    state = Text(f"{say['gateway']}: ", "bold").append(gateway).append(f" ({kills})   ", "not bold")
    state.append(f"{say['line']}: ").append(line).append(f" {since}", "not bold")
    counts = Text(say["counts"].format(picture.said, picture.answered, picture.at_centre))
    kiosk = [Text(picture.kiosk)] if picture.kiosk else []
    faults = Text(f"{say['faults']}: {'; '.join(picture.faults)}" if picture.faults else "", "yellow")
    desk = [Text(line, "bold cyan") for line in invitation]
    keys = Text(say["keys"], "reverse")
    lines = [Text(say["title"], "bold"), Text(say["way"], "dim"), *desk, keys, state, *kiosk, counts, faults]
    for text in lines:
        text.no_wrap, text.overflow = True, "ellipsis"
    return lines


def _lanes(picture: Picture, say: Words) -> Table:
    table = _table(say["lanes"])
    table.add_column(say["lane"])
    table.add_column(say["waiting"], justify="right")
    table.add_column(say["receipted"], justify="right")
    for lane in picture.lanes:
        style = "bold yellow" if lane.waiting else ""
        table.add_row(say[lane.lane], Text(str(lane.waiting), style), str(lane.receipted))
    return table


def _alarms(picture: Picture, say: Words, rows: int) -> Table:
    table = _table(say["alarms"])
    for name in ("time", "device", "stage"):
        table.add_column(say[name], no_wrap=True)
    for name in ("presses", "to_answer", "to_broker", "to_centre"):
        table.add_column(say[name], justify="right", no_wrap=True)
    for name in ("picture", "by"):
        table.add_column(say[name], no_wrap=True)
    if not picture.alarms:
        table.add_row("", Text(say["none"], "dim"))
    for alarm in picture.alarms[:rows]:
        table.add_row(*_alarm(alarm, say))
    return table


def _alarm(alarm: AlarmLook, say: Words) -> list[str | Text]:
    stage = Text(say[alarm.stage], _STAGE_STYLE[alarm.stage])
    if alarm.escalated:
        stage.append(f" {say['escalated']}", "red")
    at = alarm.at.astimezone().strftime("%H:%M:%S")
    return [
        *(at, alarm.device, stage, str(alarm.presses)),
        *(ms(alarm.answered_ms), ms(alarm.broker_ms), ms(alarm.centre_ms)),
        *(say["yes"] if alarm.picture else "", alarm.by),
    ]


def _devices(picture: Picture, say: Words, rows: int) -> Table:
    table = _table(say["devices"])
    for name in ("device", "protocol", "last"):
        table.add_column(say[name], no_wrap=True)
    for name in ("ago", "said", "answered", "answer_ms"):
        table.add_column(say[name], justify="right", no_wrap=True)
    newest = sorted(picture.devices, key=lambda page: (page.device not in picture.dead, -page.last_at))[:rows]
    for page in sorted(newest, key=lambda page: page.device):
        dead = page.device in picture.dead
        last = Text(say["dead"], "bold red") if dead else Text(say.get(page.last, page.last))
        ago, said = f"{picture.now - page.last_at:.0f}", str(page.said)
        answered = str(page.answered) if page.answer_ms is not None else say["unanswered"]
        table.add_row(page.device, page.protocol, last, ago, said, answered, ms(page.answer_ms))
    return table


def ms(value: float | None) -> str:
    """Milliseconds with one decimal below ten."""
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False)
