"""The receiver: takes what gateways send, keeps it, and only then says so.

    broker -> parse, store, commit -> PUBACK to the broker -> receipt to the gateway

Two connections, so that an alarm never waits behind batches: one for `up/alarm`, one for everything else. Receivers
of one group share the batches (`$share/<group>/...`). Each of them takes every alarm and every state: there are few,
storing is idempotent, and a shared alarm could lie in the session of a receiver that is dead.

Sessions are persistent: what comes while the receiver is away is kept by the broker as far as it can, and what it
cannot keep comes again from the gateway, which has no receipt for it. A message that breaks the contract goes to
quarantine and is settled and receipted; if not even its place can be read, the PUBACK is all its gateway gets.

Every word of a gateway's `up/state` is answered with the watermarks of its epoch: so a birth needs no guessing, and a
lost receipt is repeated within a minute.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial

from office import contents
from office.calls import Calls, is_call
from office.contents import Content
from office.database import StoreError
from office.dispatch import Dispatch
from office.gateways import Hearing
from office.line import Item, Line
from office.parcel import ID, understand
from office.presence import Word
from office.questions import Answerer, Asked
from office.store import Store
from sync.contract import topics
from sync.contract.envelope import ContractError, encode
from sync.contract.kiosk import Presence
from sync.contract.kiosk import content as topic_of_content
from sync.contract.messages import Answer, GatewayState, Outcome, Question, Receipt
from sync.failpoint import reach
from sync.mqtt import Broker, Connection

log = logging.getLogger("linli.office.receiver")

TICK_S = 1.0
BROKER_LOST_S = 30.0
"""Our own line down for this long is an alarm of ours."""

GROUP_SESSION_S = 60
"""In a group: what a dead receiver's session holds is freed soon; its gateways send it again anyway."""

NOBODY = ""
"""Whose message it is when its topic names no gateway."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this receiver works. `group` names the shared subscription; empty: it is alone."""

    broker: Broker
    group: str = ""
    silent_after_s: float = 90.0


class Receiver:
    """Owns both lines. `monotonic` measures silence, the store's clock dates it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        monotonic: Callable[[], float],
        questions: Mapping[str, Answerer],
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._questions = questions
        self._hearing = Hearing(settings.silent_after_s)
        self._heard_ms: dict[str, int] = {}
        self._down_since: float | None = monotonic()
        self._broker_lost: bool | None = None
        self._told: bool | None = None
        self._storing = True
        self._asked: set[asyncio.Task[None]] = set()
        base = settings.broker
        share = f"$share/{settings.group}/" if settings.group else ""
        rest_expiry = GROUP_SESSION_S if settings.group else base.session_expiry_s
        self.alarm_line = Line(
            "alarms",
            replace(base, client_id=f"{base.client_id}-alarm"),
            [(f"{topics.ROOT}/+/up/alarm", 1)],
            self,
        )
        self.rest_line = Line(
            "events",
            replace(base, client_id=f"{base.client_id}-events", session_expiry_s=rest_expiry),
            [
                (f"{share}{topics.ROOT}/+/up/events", 1),
                (f"{topics.ROOT}/+/up/state", 1),
                (f"{share}{topics.ROOT}/+/up/answer/+", 1),
                (f"{share}{topics.ROOT}/+/up/request/+", 1),
                (f"{topics.ROOT}/+/up/call/+", 1),  # unshared: the desk listens at one receiver, whichever that is
            ],
            self,
        )
        self.dispatch = Dispatch(store, self.rest_line)
        self.calls = Calls(self.rest_line)

    async def run(self) -> None:
        """Work until cancelled."""
        self._hearing.expect(await self._store.known_gateways(), self._monotonic())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.alarm_line.connection.run(), name="line alarms")
            tasks.create_task(self.rest_line.connection.run(), name="line events")
            tasks.create_task(self.dispatch.run(), name="dispatch")
            tasks.create_task(self._watch(), name="silence")

    @property
    def online(self) -> bool:
        """Both lines are up."""
        return self.alarm_line.online and self.rest_line.online

    def publish_presence(self, word: Word) -> None:
        """Tell every gateway, retained. Without a line it is published again when there is one."""
        payload = encode(
            Presence(word.there, word.waiting, word.valid_s, word.free, word.wait_s, word.open, word.opens_at)
        )
        topic = topics.presence(word.department)
        self.rest_line.say(lambda connection: connection.publish(topic, payload, retain=True))

    async def _publish_all_presence(self) -> None:
        for word in await self._store.presence_words():
            self.publish_presence(word)

    def publish_content(self, content: Content) -> None:
        """Tell every gateway, retained. Without a line it is published when there is one."""
        topic, payload = topic_of_content(content.name), content.payload
        self.rest_line.say(lambda connection: connection.publish(topic, payload, retain=True))

    async def _publish_contents(self) -> None:
        for content in await self._store.look(contents.every):
            self.publish_content(content)

    async def tick(self) -> None:
        """Look who is silent; called every second, and by tests with a clock of their own."""
        now = self._monotonic()
        if not self.online and self._down_since is None:
            self._down_since = now
        silent = self._hearing.silent(now) if self.rest_line.online else []
        heard, self._heard_ms = self._heard_ms, {}
        if self._down_since is not None and now - self._down_since >= BROKER_LOST_S:
            self._broker_lost = True
        news = self._broker_lost if self._broker_lost != self._told else None
        try:
            if heard or silent or news is not None:
                await self._store.silence(heard, silent, broker_lost=news)
                self._told = self._broker_lost
            await self._store.expire_orders()
            if await self._store.presence_leased():
                for word in await self._store.lapse_presence():
                    log.warning("%s: nobody says any more that they are there", word.department)
                    self.publish_presence(word)
        except StoreError as error:
            self._heard_ms = heard | self._heard_ms
            if self._storing:
                log.error("storing failed: %s", error)  # noqa: TRY400 - a full disk needs no stack
            self._storing = False
        else:
            self._storing = True

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.tick()

    # --- called by the lines

    def line_up(self, line: Line) -> None:
        """See `office.line.Owner`."""
        if line is self.rest_line:
            self._hearing.listening(self._monotonic())
            self.dispatch.start_over()
            self._background(self._publish_all_presence())
            self._background(self._publish_contents())
        if self.online:
            self._down_since = None
            self._broker_lost = False

    def line_down(self, line: Line, reason: str) -> None:
        """See `office.line.Owner`."""
        if line is self.rest_line:
            self._hearing.deaf()
        if self._down_since is None:
            self._down_since = self._monotonic()
        log.debug("%s is down: %s", line.name, reason)

    def line_puback(self, line: Line, mid: int, code: int) -> None:
        """See `office.line.Owner`."""
        if line is self.rest_line:
            self.dispatch.puback(mid, code)

    def line_heard(self, line: Line, item: Item) -> None:
        """See `office.line.Owner`."""
        topic, payload = item.message.topic, item.message.payload
        gateway = topics.gateway_of(topic) or ""
        if is_call(topic):  # before anything that could keep it
            if self.calls.heard(item.message):
                self._hear(gateway)
            line.done(item)
            return
        if not topics.GATEWAY_NAME.fullmatch(gateway):
            self._isolate(line, item, NOBODY, "no gateway can have this name")
            return
        if not item.message.retain:
            self._hear(gateway)
        kind, _, rest = topic.removeprefix(f"{topics.ROOT}/{gateway}/up/").partition("/")
        if kind in ("alarm", "events") and not rest:
            reach("centre-arrived")
            done = partial(self._stored, line, item, gateway)
            self._store.take(gateway, topic, payload, done, urgent=kind == "alarm")
        elif kind == "state" and not rest:
            self._take_state(line, item, gateway)
        elif kind == "answer":
            self._take_answer(line, item, gateway, rest)
        elif kind == "request":
            self._take_question(line, item, gateway, rest)
        else:
            self._isolate(line, item, gateway, "no such topic in version 1 of the contract")

    # --- by kind

    def _stored(
        self, line: Line, item: Item, gateway: str, receipts: list[Receipt], error: BaseException | None
    ) -> None:
        if isinstance(error, StoreError):
            line.failed(error)
        elif error is not None:  # our mistake must not stand in the way of every message behind this one
            log.error("%s: a message could not be taken", gateway, exc_info=error)
            self._isolate(line, item, gateway, f"could not be taken: {error!r}")
        else:
            reach("centre-stored")
            line.done(item)
            line.receipt(gateway, receipts)

    def _take_state(self, line: Line, item: Item, gateway: str) -> None:
        try:
            state = understand(item.message.payload, GatewayState)
        except ContractError as error:
            if item.message.payload:  # an empty retained message only removes what was retained
                self._isolate(line, item, gateway, str(error))
            else:
                line.done(item)
            return

        self._hearing.expect([gateway], self._monotonic())

        def done(result: tuple[bool, list[Receipt]], error: BaseException | None) -> None:
            if error is not None:
                line.failed(error)
                return
            line.done(item)
            birth, receipts = result
            line.receipt(gateway, receipts)
            if birth:
                log.info("%s: online, version %s", gateway, state.version or "unknown")
                self.dispatch.again(gateway)

        self._store.take_state(gateway, state, done, alive=not item.message.retain)

    def _take_answer(self, line: Line, item: Item, gateway: str, order_id: str) -> None:
        try:
            answer = understand(item.message.payload, Answer)
        except ContractError as error:
            self._isolate(line, item, gateway, str(error))
            return
        if answer.id != order_id:
            self._isolate(line, item, gateway, f"the message names order {answer.id[:64]!r}, the topic another")
            return

        def done(asked: bool, error: BaseException | None) -> None:  # noqa: FBT001 - a callback's shape
            if error is not None:
                line.failed(error)
                return
            if not asked:
                log.warning("%s: an answer to an order nobody gave", gateway)
            line.done(item)

        self._store.take_answer(gateway, answer, done)

    def _take_question(self, line: Line, item: Item, gateway: str, query: str) -> None:
        try:
            question = understand(item.message.payload, Question)
        except ContractError as error:
            self._isolate(line, item, gateway, str(error))
            return
        if not ID.fullmatch(question.id):
            self._isolate(line, item, gateway, "id is not 1 to 64 letters, digits, dots, dashes or underscores")
            return
        self._background(self._answer(line, item, Asked(gateway, query, question)))

    async def _answer(self, line: Line, item: Item, asked: Asked) -> None:
        """Answer a kiosk. An answer that finds no line is not kept: the kiosk asks again, it shows who waits."""
        handler: Callable[[Asked], Awaitable[Answer]] | None = self._questions.get(asked.query)
        if handler is None:
            answer = Answer(
                id=asked.question.id, outcome=Outcome.REFUSED, reason=f"nobody answers {asked.query[:64]!r}"
            )
        else:
            try:
                answer = await handler(asked)
            except StoreError as error:
                line.failed(error)
                return
        topic = topics.down_answer(asked.gateway, asked.question.id)

        def publish(connection: Connection) -> int:
            return connection.publish(
                topic, encode(answer), expiry_s=ANSWER_EXPIRY_S, correlation=item.message.correlation
            )

        line.say(publish)
        line.done(item)

    def _background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    def _isolate(self, line: Line, item: Item, gateway: str, reason: str) -> None:
        def done(_: object, error: BaseException | None) -> None:
            if error is not None:
                line.failed(error)
            else:
                line.done(item)

        self._store.isolate(gateway, item.message.topic, item.message.payload, reason, done)

    def _hear(self, gateway: str) -> None:
        self._hearing.heard(gateway, self._monotonic())
        self._heard_ms[gateway] = self._store.now()


ANSWER_EXPIRY_S = 60
"""Nobody stands at a kiosk longer for one answer."""
