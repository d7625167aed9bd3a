"""The screen itself, and what stands beside it: slips to the printer, codes from the reader, care from afar."""

from __future__ import annotations

from edge.api.listening import heard_from
from edge.api.parts import Parts
from edge.api.refusal import Refused, Words, nothing
from edge.api.shapes import PeripheralsSeen
from edge.api.web import Ask, Reply, said
from edge.peripherals.printer import PrinterError
from sync.contract.lamp import LightShown
from sync.contract.screen_care import ScreenAnswer, ScreenState
from sync.contract.slip import Slip, Trouble

MAX_LISTENERS = 4

_WORDS = {
    Trouble.NONE: Words("this box has no printer", "本机没有打印机"),
    Trouble.AWAY: Words("the printer does not answer", "打印机没有响应"),
    Trouble.PAPER: Words("the printer has no paper", "打印机缺纸"),
    Trouble.TOO_MUCH: Words("this is more than a slip holds", "内容超出小票长度"),
}


class BesideApi:
    """Handlers."""

    def __init__(self, parts: Parts) -> None:
        self._beside, self._care = parts.beside, parts.care

    async def report(self, ask: Ask) -> Reply:
        """The screen says how it is, every 30 s: which page, whether somebody is there; never who."""
        self._care.report(await ask.message(ScreenState))
        return Reply(204)

    async def answer(self, ask: Ask) -> Reply:
        """The screen's answer to what the live stream (kind `screen`) asked of it."""
        if not self._care.answer(ask.names["id"], await ask.message(ScreenAnswer)):
            raise nothing("question to the screen", "对屏幕的请求")
        return Reply(204)

    async def look(self, _: Ask) -> Reply:
        """Whether a slip could be printed now, and what the status light shows."""
        trouble = await self._beside.look()
        return said(PeripheralsSeen("" if trouble is None else trouble.value, self._beside.light.state))

    async def light(self, ask: Ask) -> Reply:
        """How the kiosk stands, for the status light: with every change, and every 10 s; a silent screen is a fault."""
        self._beside.light.say((await ask.message(LightShown)).light)
        return Reply(204)

    async def print(self, ask: Ask) -> Reply:
        """204 when it is on paper; 503 with `none`, `away` or `paper`: the screen shows the code instead."""
        slip = await ask.message(Slip)
        try:
            await self._beside.print(slip)
        except PrinterError as error:
            status = 422 if error.trouble is Trouble.TOO_MUCH else 503
            raise Refused(status, error.trouble.value, _WORDS[error.trouble]) from None
        return Reply(204)

    async def scans(self, _: Ask) -> Reply:
        """Codes that are read from now on, a JSON line `{"code"}` each. They are kept nowhere."""
        return heard_from(self._beside.scans, MAX_LISTENERS, "读码连接数已满")
