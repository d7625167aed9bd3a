"""What is pressed on the kiosk's screen: the SOS, and "I am fine"."""

from __future__ import annotations

from edge.alarm_book import Alarm
from edge.api import asked
from edge.api.happenings import MAX_KEY, HappeningsApi
from edge.api.parts import Parts
from edge.api.refusal import Refused, Words, nothing, wrong
from edge.api.web import Ask, Reply, said
from edge.durable import NotStoredError
from edge.screen_alarm import NotKeptError, NotOursError

PATIENCE_S = 5.0
"""A press waits so long for the disk: somebody stands there, and there are the button and a number to ring."""

_BUTTON = Words("press the button at the kiosk, or ring the number on it", "请按机身上的求助按钮，或拨打机身上的电话")


class PressingApi:
    """Handlers. `seen` shows an alarm."""

    def __init__(self, parts: Parts, happenings: HappeningsApi) -> None:
        self._screen = parts.screen
        self._seen = happenings.alarm_seen

    async def press(self, ask: Ask) -> Reply:
        """201 once it is on disk; the alarm it raised, or the open one it is another press of."""
        await ask.message(asked.AlarmAsked)
        key = ask.headers.get("Idempotency-Key", "")
        if len(key) > MAX_KEY or not key.isprintable():
            raise wrong(f"a key has at most {MAX_KEY} characters", f"Idempotency-Key 最多 {MAX_KEY} 个字符")
        try:
            alarm = await self._screen.press(key, PATIENCE_S)
        except NotKeptError as error:
            raise Refused(503, "not-stored", Words(str(error), "磁盘故障，求助未能保存"), _BUTTON) from None
        return self._said(alarm, 201)

    async def fine(self, ask: Ask) -> Reply:
        """Whoever pressed says that they are fine: the desk is told; it stays open until a person closes it."""
        try:
            return self._said(await self._screen.fine(ask.names["id"]))
        except KeyError:
            raise nothing("open alarm", "未关闭的报警") from None
        except NotOursError as error:
            raise Refused(409, "not-ours", Words(str(error), "不是这台机器的求助")) from None
        except NotStoredError as error:
            raise Refused(503, "not-stored", Words(str(error), "磁盘故障，未能保存"), _BUTTON) from None

    def _said(self, alarm: Alarm, status: int = 200) -> Reply:
        return said(self._seen(alarm), status)
