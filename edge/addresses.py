"""How a person may write a device's address, and how its driver spells it.

Most families have one spelling and blanks between, and then the driver says it (`Driver.address`). Here are those that
need more: a leading zero before a phone number, lower case in a radio code, the words for an installer's usual slips. A
driver that says nothing and is not named here takes the address as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from drivers.decoder import DriverError, load_driver
from edge.device import AddressError

_BLANKS = re.compile(r"[\s\-\u00a0\u3000]+")
_IMEI = re.compile(r"[0-9]{15}")
_PHONE = re.compile(r"[0-9]{1,20}")
_WATCH = re.compile(r"[0-9A-Za-z]{4,20}")
_CODE24 = re.compile(r"[0-9A-F]{5,6}")
_TOPIC = re.compile(r"[^+#\s](?:[^+#]*[^+#\s])?")
_LINE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def normal_address(driver: str, address: str) -> str:
    """The driver's spelling of an address. Raises AddressError when no device of that driver can have it."""
    family = _FAMILIES.get(driver)
    return family(address) if family else _declared(driver, address)


def _declared(driver: str, address: str) -> str:
    """As the driver's own declaration has it."""
    try:
        form = load_driver(driver).address
    except DriverError:
        form = None
    if form is None:
        return address
    plain = _BLANKS.sub("", address)
    if not re.fullmatch(form, plain):
        raise AddressError(
            f"`{address[:40]}` is no id of a {driver} device; it must match {form}",
            f"`{address[:40]}` 不是 {driver} 设备的编号；格式应为 {form}",
        )
    return plain


def _imei(address: str) -> str:
    digits = _BLANKS.sub("", address)
    if not _IMEI.fullmatch(digits):
        raise AddressError(
            f"an IMEI has 15 digits, `{address[:40]}` has not", f"IMEI 应为 15 位数字，`{address[:40]}` 不是"
        )
    return digits


def _phone(address: str) -> str:
    """JT/T 808 pads with zeros as the device likes: without them there is one spelling."""
    digits = _BLANKS.sub("", address).removeprefix("+86")
    if not _PHONE.fullmatch(digits):
        raise AddressError(
            f"a phone number or terminal id has at most 20 digits, `{address[:40]}` is none",
            f"手机号或终端号应为最多 20 位数字，`{address[:40]}` 不是",
        )
    return digits.lstrip("0") or "0"


def _watch(address: str) -> str:
    letters = _BLANKS.sub("", address)
    if not _WATCH.fullmatch(letters):
        raise AddressError(
            f"a watch's id has 4 to 20 digits or letters, `{address[:40]}` has not",
            f"手表编号应为 4 到 20 位数字或字母，`{address[:40]}` 不是",
        )
    return letters


def _code24(address: str) -> str:
    code = _BLANKS.sub("", address).upper().removeprefix("0X")
    if not _CODE24.fullmatch(code):
        raise AddressError(
            f"a radio code has 6 hex digits (5 for all keys of one device), `{address[:40]}` has not",
            f"无线编码应为 6 位十六进制（同一设备的所有按键用前 5 位），`{address[:40]}` 不是",
        )
    return code


def _topic(address: str) -> str:
    if not _TOPIC.fullmatch(address):
        raise AddressError(
            f"`{address[:40]}` is no device name; it may not hold + or #", f"`{address[:40]}` 不能含有 + 或 #"
        )
    return address


def _line(address: str) -> str:
    if not _LINE.fullmatch(address):
        raise AddressError(
            f"`{address[:40]}` is no line; write the `line` of the pin in the configuration, without what follows `:`",
            f"`{address[:40]}` 不是线路名；请填写配置中引脚的 `line`（不含冒号后的部分）",
        )
    return address


_FAMILIES: dict[str, Callable[[str], str]] = {
    "gt06": _imei,
    "jt808": _phone,
    "watch": _watch,
    "rf433": _code24,
    "rfbridge": _code24,
    "zigbee2mqtt": _topic,
    "gpio_button": _line,
    "gpio_contact": _line,
}
