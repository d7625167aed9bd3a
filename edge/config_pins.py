"""Rules for what is wired to the board: pins, converter channels, and the lines that belong to one device."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config_parts import Once, Parts, Use
from edge.config_shape import Adc, GpioConfig, OutputPin, Pin, PortConfig, device_of, devices_on
from firmware_profiles.finding import Finding, listed, meant
from firmware_profiles.tree import Document, Path

ADC_CHANNELS = {"mcp3002": 2, "mcp3202": 2, "mcp3004": 4, "mcp3204": 4, "mcp3008": 8, "mcp3208": 8}


def entries(at: Path, port: GpioConfig) -> Iterator[tuple[Path, Pin | Adc]]:
    """Every input with its place in the file."""
    for number, pin in enumerate(port.pins):
        yield (*at, "pins", number), pin
    for number, adc in enumerate(port.adc):
        yield (*at, "adc", number), adc


def outputs(at: Path, port: GpioConfig) -> Iterator[tuple[Path, OutputPin]]:
    """Every output with its place in the file."""
    for number, out in enumerate(port.outputs):
        yield (*at, "outputs", number), out


def check_pins(document: Document, parts: Parts) -> Iterator[Finding]:
    """Pins, channels and lines that are wanted twice or cannot be, and devices that do not hold together."""
    pins, channels, lines = Once(document), Once(document), Once(document)
    for output in ("lamp", "buzzer", "status"):
        if (number := getattr(parts.outputs, output)) is not None:
            yield from pins.see(("outputs", output), number, "pin", "引脚", key=(None, None, number))
    for index, port in parts.ports:
        if isinstance(port, GpioConfig):
            at: Path = ("ports", index)
            board = (port.mock, port.chip)
            for where, entry in [*entries(at, port), *outputs(at, port)]:
                yield from lines.see((*where, "line"), entry.line, "line", "线路名")
                if isinstance(entry, Adc):
                    key = (*board, entry.device, entry.channel)
                    yield from channels.see((*where, "channel"), entry.channel, "channel", "通道", key=key)
                else:
                    yield from pins.see((*where, "pin"), entry.pin, "pin", "引脚", key=(*board, entry.pin))
            yield from _channels(document, at, port)
            yield from _devices(document, at, port)


def uses(at: Path, port: PortConfig) -> Iterator[Use]:
    """Every use of a profile in a port; on pins a use without a name is a mistake."""
    if port.profile is not None:
        yield Use(port.profile, (*at, "profile"), (*at, "settings"))
    if not isinstance(port, GpioConfig):
        return
    wired = devices_on(port)
    for where, entry in entries(at, port):
        name = entry.profile or wired[device_of(entry.line)].profile
        if entry.profile is not None:
            yield Use(entry.profile, (*where, "profile"), (*where, "settings"))
        elif name is None or entry.settings:
            yield Use(name or "", (*at, "profile"), (*where, "settings"))


def _channels(document: Document, at: Path, port: GpioConfig) -> Iterator[Finding]:
    for where, entry in entries(at, port):
        there = ADC_CHANNELS.get(entry.chip, 8) if isinstance(entry, Adc) else 0
        if isinstance(entry, Adc) and entry.channel >= there:
            yield document.finding(
                (*where, "channel"),
                f"{entry.chip} has no channel {entry.channel}",
                f"{entry.chip} 没有通道 {entry.channel}；允许：0 到 {there - 1}",
                f"0 to {there - 1}",
            )


def _devices(document: Document, at: Path, port: GpioConfig) -> Iterator[Finding]:
    """All lines of a device speak one profile, and an output stands beside a device that is there."""
    wired = devices_on(port)
    if not wired:
        yield document.finding(at, "no pin is declared", "没有声明任何引脚", "`pins` or `adc`")
    for where, entry in entries(at, port):
        own = wired[device_of(entry.line)].profile
        if entry.profile is not None and entry.profile != own:
            yield document.finding(
                (*where, "profile"),
                f"the device `{device_of(entry.line)}` is a `{own}` already",
                f"设备 `{device_of(entry.line)}` 的类型已是 `{own}`",
                "one profile for all lines of a device",
            )
    for where, out in outputs(at, port):
        if device_of(out.line) not in wired:
            en, zh = meant(device_of(out.line), wired)
            yield document.finding(
                (*where, "line"),
                f"there is no device `{device_of(out.line)}` on this port{en}",
                f"此端口上没有设备 `{device_of(out.line)}`{zh}",
                listed(wired),
            )
