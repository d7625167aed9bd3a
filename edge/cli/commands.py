"""Every command of `linli` with its one sentence: all that `linli --help` needs to load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One command; its code is `edge/cli/<module>.py`, loaded when it is asked for."""

    name: str
    en: str
    zh: str
    module: str


COMMANDS = tuple(
    Entry(name, en, zh, name)
    for name, en, zh in (
        ("init", "write a commented configuration", "生成带注释的配置文件"),
        ("check", "name every mistake in configuration, profiles and registry", "检查配置、设备类型和设备登记"),
        ("run", "run the gateway until it is stopped", "运行网关"),
        ("camera", "look through one camera; systemd starts one for each", "运行一个摄像头进程"),
        ("call", "hold the kiosk's end of video calls", "运行信息机的视频通话程序"),
        ("status", "how the gateway is: line, alarms, backlog, disk, clock, faults", "网关状态"),
        (
            "devices",
            "the device registry: list, add, import, adopt, test ...",
            "设备登记：列表、添加、导入、收编、测试",
        ),
        ("profiles", "the device types this gateway knows", "设备类型"),
        ("alarms", "alarms and how far each one got", "报警及其进展"),
        ("outbox", "what waits for the centre, and what was lost on purpose", "待上报的事件"),
        ("tail", "what happens, live", "实时事件"),
        ("decode", "what the bytes of a device mean", "解析设备报文"),
        ("simulate", "play a profile's samples into a real port", "向真实端口播放样本报文"),
        ("diagnose", "a redacted bundle for support", "生成脱敏的诊断文件"),
    )
)
