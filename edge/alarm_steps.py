"""What people did about an alarm, on its way from the centre to the device: stored, echoed, then shown.

The echo tells the centre that this gateway has it; a centre repeats what was not echoed, so a repeat is echoed again
and shown to nobody twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC

from drivers.model import Instant
from edge import alarm_book
from edge.alarm_book import Alarm, AlarmBook
from edge.durable import Durable
from edge.mapper import Mapper
from sync.contract import messages
from sync.contract.alarm import Stage, Step
from sync.contract.envelope import ContractError, decode
from sync.contract.lanes import Lane
from sync.contract.messages import AlarmStep, DeviceEvent
from sync.failpoint import reach
from sync.store import Entry

STEPS = {step.label: step for step in (Step.ACKNOWLEDGE, Step.ON_THE_WAY, Step.CLOSE)}
"""What a person can do; a broker's and a receiver's word come another way."""

MAX_TEXT = 500
MAX_ROLE = 80

_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class AlarmSteps:
    """`on_step(alarm, step)` is called when a step is on disk and was news. `registered` asks the registry."""

    def __init__(self, durable: Durable, book: AlarmBook, mapper: Mapper, clock: Callable[[], Instant]) -> None:
        self.on_step: Callable[[Alarm, Step], None] = lambda _alarm, _step: None
        self.registered: Callable[[str], bool] = lambda _device: True
        self._durable, self._book, self._mapper, self._clock = durable, book, mapper, clock

    async def take(self, alarm_id: str, payload: bytes) -> str | None:
        """Apply what came down; why it was passed over, if it was. Raises ContractError."""
        reach("step-arrived")
        word = decode(payload, AlarmStep)
        step = STEPS.get(word.step)
        if step is None:
            raise ContractError(f"a step is {', '.join(STEPS)}")
        if word.alarm != alarm_id:
            raise ContractError("the message names another alarm than its topic")
        word = _clean(word)
        alarm = self._book.open.get(alarm_id) or self._kept(alarm_id)
        if alarm is None:
            return "step of an alarm that is not known here"
        news = self._book.step(word, step)
        writes = [alarm_book.saver(alarm)] if alarm.stage is not Stage.CLOSED or news else []
        await self._durable.append([self._echo(alarm, step)], writes)
        reach("step-stored")
        if news:
            self.on_step(alarm, step)
        return None

    def _kept(self, alarm_id: str) -> Alarm | None:
        """A closed alarm; or one whose end the disk did not take when it came: that is open again."""
        with closing(self._durable.store.reader()) as conn:
            alarm = alarm_book.find(conn, alarm_id)
        if alarm is not None and alarm.stage is not Stage.CLOSED:
            self._book.add(alarm)
        return alarm

    def _echo(self, alarm: Alarm, step: Step) -> Entry:
        """An update of the alarm that names the stage it has here (`attributes.stage`)."""
        data = DeviceEvent(
            device=alarm.device,
            registered=self.registered(alarm.device),
            alarm=alarm.cause,
            test=alarm.test,
            attributes={"stage": alarm.stage.label, "step": step.label},
        )
        at = self._clock()
        return Entry(
            Lane.STATE, self._mapper.plain(messages.ALARM_UPDATE, data, at, device=alarm.device, subject=alarm.id)
        )


def _clean(word: AlarmStep) -> AlarmStep:
    """Texts as they can be shown and spoken, the time in UTC. An odd letter is no reason to lose an acknowledgement."""
    try:
        at = word.at.astimezone(UTC) if word.at.tzinfo else word.at.replace(tzinfo=UTC)
    except OverflowError:
        raise ContractError("a time outside the calendar") from None
    return AlarmStep(
        alarm=word.alarm,
        step=word.step,
        by=_plain(word.by, MAX_ROLE),
        at=at,
        text=_plain(word.text, MAX_TEXT),
        reason=_plain(word.reason, MAX_TEXT),
    )


def _plain(text: str, limit: int) -> str:
    return _UNSPEAKABLE.sub(" ", text).strip()[:limit]
