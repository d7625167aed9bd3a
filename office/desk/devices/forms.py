"""What can be asked of a gateway or a device, as forms: the fields, how they are checked, what the effect is.

The gateway checks once more and has the last word (design, section 4); here a clerk reads in their own language what
is wrong with which field, before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from office.desk.mistake import Mistake
from sync.contract.envelope import Struct
from sync.contract.messages import Scalar

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
WORD = re.compile(r"[A-Za-z0-9_-]{0,40}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"


class Choice(Struct, frozen=True):
    """One of several."""

    value: str
    zh: str
    en: str


class FormField(Struct, frozen=True, kw_only=True):
    """One field. `least` and `most` are of a number, or of a text's length."""

    name: str
    zh: str
    en: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    least: int = 0
    most: int = 500
    choices: list[Choice] = []
    pattern: str = ""


class Form(Struct, frozen=True, kw_only=True):
    """One command. `to` is device, gateway or either; with `effect` a person is asked whether they are sure."""

    command: str
    zh: str
    en: str
    to: str
    fields: list[FormField] = []
    effect_zh: str = ""
    effect_en: str = ""


_LANES = [
    Choice("alarm", "报警", "alarm"),
    Choice("state", "状态", "state"),
    Choice("bulk", "位置和读数", "positions and readings"),
]
_DATUMS = [
    Choice("WGS-84", "WGS-84", "WGS-84"),
    Choice("GCJ-02", "GCJ-02", "GCJ-02"),
    Choice("BD-09", "BD-09", "BD-09"),
]
_DEEDS = [
    Choice("screenshot", "截图(没有人在用时)", "picture of it, while nobody uses it"),
    Choice("home", "回到首页", "back to its first page"),
    Choice("restart", "重新启动屏幕程序", "start its program anew"),
]
_REASON = FormField(name="reason", zh="原因", en="reason", needed=True, least=4)


def _of_device(name: str, zh: str, en: str, most: int, pattern: str = "") -> FormField:
    return FormField(name=name, zh=zh, en=en, most=most, pattern=pattern)


FORMS: tuple[Form, ...] = (
    Form(command="locate", zh="请它报告位置", en="Ask where it is", to="device"),
    Form(
        command="say",
        zh="对它说话",
        en="Say something",
        to="device",
        fields=[FormField(name="text", zh="要说的话", en="text", needed=True, least=1)],
        effect_zh="设备会把这句话显示或读出来。",
        effect_en="The device shows or speaks this.",
    ),
    Form(
        command="interval",
        zh="设置上报间隔",
        en="Set how often it reports",
        to="device",
        fields=[
            FormField(name="seconds", zh="间隔(秒)", en="seconds", kind=Kind.NUMBER, needed=True, least=1, most=2678400)
        ],
        effect_zh="间隔太短会很快耗尽电池;太长会晚知道它没电。",
        effect_en="A short interval empties the battery soon; a long one tells late that it is empty.",
    ),
    Form(
        command="confirm",
        zh="告诉设备已有人接警",
        en="Tell the device that somebody has it",
        to="device",
        fields=[FormField(name="alarm", zh="报警种类(可不填)", en="cause (optional)", most=40, pattern=WORD.pattern)],
        effect_zh="设备会提示老人:已有人接警。只在确有人接警时使用。",
        effect_en="The device tells its owner that somebody has taken the alarm. Only when somebody has.",
    ),
    Form(
        command="output",
        zh="开关输出",
        en="Switch an output",
        to="either",
        fields=[
            FormField(name="on", zh="打开", en="on", kind=Kind.SWITCH, needed=True),
            FormField(name="output", zh="哪一路(可不填)", en="which (optional)", most=40, pattern=WORD.pattern),
        ],
        effect_zh="现场的灯、蜂鸣器或断电断油输出会立即动作。",
        effect_en="A lamp, a buzzer or a cut-off at the place acts at once.",
    ),
    Form(
        command="restart",
        zh="重新启动网关",
        en="Restart the gateway",
        to="gateway",
        fields=[_REASON],
        effect_zh="网关会停机数秒;这段时间的报警由设备保存,启动后补发。",
        effect_en="The gateway is away for seconds; devices keep their alarms and bring them afterwards.",
    ),
    Form(
        command="screen",
        zh="信息机屏幕",
        en="The kiosk's screen",
        to="gateway",
        fields=[FormField(name="do", zh="做什么", en="what", kind=Kind.CHOICE, needed=True, choices=_DEEDS)],
        effect_zh="回到首页或重新启动会结束正在使用的人的操作;通话中信息机会拒绝。有人在用时不能截图。",
        effect_en="Home and restart end what somebody does there; a call makes it refuse. No picture of somebody.",
    ),
    Form(command="diagnose", zh="自检报告", en="Report on itself", to="gateway"),
    Form(
        command="resend",
        zh="重发未回执的数据",
        en="Send again what has no receipt",
        to="gateway",
        fields=[
            FormField(name="lane", zh="哪一类", en="lane", kind=Kind.CHOICE, needed=True, choices=_LANES),
            FormField(
                name="from",
                zh="从序号(可不填)",
                en="from sequence (optional)",
                kind=Kind.NUMBER,
                least=1,
                most=2**53 - 1,
            ),
        ],
    ),
    Form(
        command="device-put",
        zh="登记或修改设备",
        en="Register or change a device",
        to="gateway",
        fields=[
            FormField(name="id", zh="设备编号", en="id", needed=True, least=1, most=64, pattern=NAME.pattern),
            _of_device("profile", "设备类型", "profile", 63),
            _of_device("address", "地址(IMEI、号码、射频码)", "address (IMEI, number, code)", 200),
            _of_device("resident", "居民编号(不是姓名)", "resident's reference (no name)", 64, "[A-Za-z0-9._:-]*"),
            _of_device("building", "楼", "building", 60),
            _of_device("room", "房间", "room", 60),
            _of_device("pole", "杆号", "pole", 60),
            _of_device("lat", "纬度", "latitude", 20, r"-?[0-9]*\.?[0-9]*"),
            _of_device("lon", "经度", "longitude", 20, r"-?[0-9]*\.?[0-9]*"),
            FormField(name="datum", zh="坐标系", en="datum", kind=Kind.CHOICE, choices=_DATUMS),
            _of_device("check_in_s", "签到间隔(秒)", "check-in (s)", 10, "[0-9]*"),
            _of_device("note", "备注", "note", 300),
        ],
        effect_zh="网关按新的登记识别这台设备。没有填写的项保持不变。",
        effect_en="The gateway knows the device by this from now on. What is left empty stays as it is.",
    ),
    Form(
        command="device-remove",
        zh="注销设备",
        en="Remove the device",
        to="device",
        fields=[_REASON],
        effect_zh="网关不再认识这台设备;它的求助仍会保留,但不知道是谁的。",
        effect_en="The gateway no longer knows this device; its SOS is still kept, but nobody knows whose it is.",
    ),
)
BY_NAME: Mapping[str, Form] = {form.command: form for form in FORMS}
NOT_SENT = {("device-remove", "reason")}
"""Kept in the desk's own record; the gateway has no use for it."""


def checked(command: str, device: str, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The arguments as they are sent. Raises Mistake with the field."""
    form = BY_NAME.get(command)
    if form is None:
        raise Mistake(f"没有这个命令:{command[:40]}", f"no such command: {command[:40]}", 400, "command")
    if form.to == "device" and not device:
        raise Mistake("请选择设备", "name a device", 400, "device")
    if form.to == "gateway" and device:
        raise Mistake("这个命令是发给网关的", "this command is for the gateway itself", 400, "device")
    if len(device) > 200 or CONTROL.search(device):
        raise Mistake("设备编号不对", "no device can be called this", 400, "device")
    known = {field.name: field for field in form.fields}
    for name in given:
        if name not in known:
            raise Mistake(f"没有这一项:{name[:40]}", f"no such field: {name[:40]}", 400, name[:40])
    values = {field.name: _value(field, given.get(field.name)) for field in form.fields}
    return {name: value for name, value in values.items() if value is not None and (command, name) not in NOT_SENT}


def _value(field: FormField, given: Scalar) -> Scalar:
    """None: not given."""
    if given is None or given == "":
        if field.needed:
            raise _wrong(field, "必须填写", "must be given")
        return None
    if field.kind is Kind.SWITCH:
        if not isinstance(given, bool):
            raise _wrong(field, "应为是或否", "is yes or no")
        return given
    if field.kind is Kind.NUMBER:
        return _number(field, given)
    if not isinstance(given, str):
        raise _wrong(field, "应为文字", "is a text")
    return _text(field, given.strip())


def _text(field: FormField, text: str) -> str:
    if field.kind is Kind.CHOICE and text not in {choice.value for choice in field.choices}:
        raise _wrong(field, "请从列表中选择", "is one of the list")
    if not field.least <= len(text) <= field.most:
        raise _wrong(field, f"应有 {field.least} 到 {field.most} 个字", f"has {field.least} to {field.most} characters")
    if CONTROL.search(text):
        raise _wrong(field, "含有不可见字符", "holds control characters")
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise _wrong(field, "格式不对", "is not written like that")
    return text


def _number(field: FormField, given: Scalar) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not field.least <= given <= field.most:
        raise _wrong(
            field, f"应为 {field.least} 到 {field.most} 的整数", f"is a whole number, {field.least} to {field.most}"
        )
    return given


def _wrong(field: FormField, zh: str, en: str) -> Mistake:
    return Mistake(f"{field.zh}:{zh}", f"{field.en}: {en}", 400, field.name)
