"""What the screen makes of the engine's word, without a display: every state, every reason, every way out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk_ui.call import ENGINE_S, LIVING, QUEUE_IDLE_S, Calls, Phase
from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.call_letters import pages
from kiosk_ui.call_view import JUDGE_S
from kiosk_ui.content import Services
from kiosk_ui.engine import Seen
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from kiosk_ui.theme import Glass
from kiosk_ui.view import View
from sync.contract.call import Reason, State
from sync.contract.call_screen import (
    Accept,
    CallSeen,
    Camera,
    Good,
    HangUp,
    PutAway,
    Say,
    Start,
    Volume,
    Wish,
)
from sync.contract.call_signals import Ways
from sync.contract.departments import Said
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.contract.services import Card, Guide, LifeEvent
from sync.unix_http import Answer

ID, OTHER = "k3q8d2m1x7b9c4t6", "z3q8d2m1x7b9c4t6"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PHASES = {State.IDLE: "none"}


class Standing:
    """Somebody stands there; what the engine and the gateway say is said here."""

    def __init__(self, language: str = "zh") -> None:
        self.at, self.there = 1000.0, True
        self.wishes: list[Wish] = []
        self.asked: list[tuple[Any, ...]] = []
        self.kiosk = Kiosk(Glass(), language)
        self.deeds = CallDeeds(self.kiosk, self._send, lambda *asked: self.asked.append(asked))
        self.kiosk.heard("settings", KioskBox(hotlines=(Hotline(name=Said("热线"), number="12345"),)), self.at)
        self.see()

    def _send(self, wish: Wish) -> bool:
        if self.there:
            self.wishes.append(wish)
        return self.there

    def see(self, **seen: Any) -> None:
        """The engine's word."""
        self.at += 0.1
        self.kiosk.heard("call", Seen(there=True, call=CallSeen(n=1, **seen), at=self.at), self.at)

    def gone(self) -> None:
        """The engine is away."""
        self.there = False
        self.kiosk.heard("call", Seen(at=self.at), self.at)

    def back(self) -> None:
        self.there = True
        self.see()

    def tap(self, control: str, argument: str = "") -> bool:
        self.at += 1.0
        return self.kiosk.press(control, argument, self.at)

    def later(self, seconds: float) -> None:
        for _ in range(max(1, int(seconds * 2))):
            self.at += seconds / max(1, int(seconds * 2))
            self.kiosk.tick(self.at)

    def said(self, kind: type[Any]) -> list[Any]:
        return [wish for wish in self.wishes if isinstance(wish, kind)]

    @property
    def view(self) -> View:
        return self.kiosk.show(self.at, NOW).view

    @property
    def place(self) -> str:
        return self.kiosk.flow.place.screen.value

    @property
    def controls(self) -> list[str]:
        return [row.control for row in self.view.rows]

    def call(self, department: str = "civil") -> None:
        self.tap("departments")
        self.tap("department", department)

    def talk(self, call: str = ID, **more: Any) -> None:
        self.call()
        self.see(**{"call": call, "state": State.CONNECTED, "department": "civil", "by": "民政科 2号台"} | more)


def test_a_tap_on_a_department_calls_it_and_says_so_at_once() -> None:
    one = Standing()
    one.call("labour")
    assert one.place == Screen.CALL
    assert one.said(Start) == [Start(department="labour")]
    assert one.view.title == "正在呼叫社保科…"


def test_the_bar_calls_whoever_answers_when_one_does_not_know_whom_to_ask() -> None:
    one = Standing("en")
    one.tap("help")
    assert [(wish.department, wish.language) for wish in one.said(Start)] == [("general", "en")]


def test_two_taps_are_one_call() -> None:
    one = Standing()
    one.tap("departments")
    one.at += 1.0
    assert one.kiosk.press("department", "civil", one.at)
    one.kiosk.press("department", "labour", one.at + 0.1)
    one.tap("help")
    assert len(one.said(Start)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", sorted(LIVING))
def test_every_state_of_a_call_is_said_and_can_be_left(state: State, language: str) -> None:
    one = Standing(language)
    one.call()
    one.see(call=ID, state=state, department="civil", by="x", place=2)
    assert one.view.title.strip()
    assert one.view.texts["phase"] == state.value
    one.tap("home")
    assert one.view.texts["leaving"], "nobody leaves a call by mistake"
    one.tap("call-leave")
    assert one.place == Screen.HOME
    assert isinstance(one.wishes[-1], PutAway)
    assert one.said(HangUp)
    one.see(call=ID, state=state, department="civil")
    one.later(0.5)
    assert one.place == Screen.HOME, "a word that was on its way brings nobody back"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_end_has_its_words_and_what_can_be_done_next(reason: Reason, language: str) -> None:
    one = Standing(language)
    one.call()
    one.see(call=ID, state=State.ENDED, reason=reason, department="civil")
    assert one.view.texts["phase"] == "ended"
    assert one.view.title.strip()
    assert "home" in one.controls
    for control, row in [(row.control, row) for row in one.view.rows]:
        assert row.title.strip(), control
    one.tap("home")
    assert one.place == Screen.HOME


NOT_REACHED = [Reason.BUSY, Reason.ABSENT, Reason.NO_ANSWER, Reason.DESK_GONE, Reason.OFFLINE, Reason.LOST]


@pytest.mark.parametrize("reason", [*NOT_REACHED, Reason.CLOSED, Reason.ENGINE, Reason.DEVICE])
def test_who_reached_nobody_can_leave_a_number_and_has_one_to_ring(reason: Reason) -> None:
    one = Standing()
    one.call()
    one.see(call=ID, state=State.ENDED, reason=reason, department="civil")
    assert "callback" in one.controls
    assert one.view.texts["number"] == "12345"


def test_what_the_office_offers_is_offered() -> None:
    one = Standing()
    one.call()
    opens = "2026-11-23T01:00:00+00:00"
    ways = Ways(callback=True, hotline="021-1", others=["labour", "housing"], opens_at=opens)
    one.see(call=ID, state=State.ENDED, reason=Reason.ABSENT, department="civil", ways=ways)
    assert one.view.texts["number"] == "021-1"
    assert [row.argument for row in one.view.rows if row.control == "call-other"] == ["labour", "housing"]
    assert one.view.texts["detail"] == "明天 09:00上班", "in the office's own zone"
    one.tap("call-other", "housing")
    assert one.said(Start)[-1].department == "housing"
    assert one.place == Screen.CALL


def test_trying_again_names_the_call_before() -> None:
    one = Standing()
    one.call()
    one.see(call=ID, state=State.ENDED, reason=Reason.NO_ANSWER, department="civil")
    one.tap("call-again")
    assert (one.said(Start)[-1].again, one.said(Start)[-1].department) == (ID, "civil")


def test_the_place_in_the_queue_and_the_wait_are_said_in_words() -> None:
    one = Standing()
    one.call()
    queue = {"call": ID, "state": State.QUEUED, "department": "civil"}
    one.see(**queue, place=3, wait_s=400.0)
    assert (one.view.title, one.view.texts["detail"]) == ("您前面还有 2 人", "大约还要等 7 分钟")
    one.see(**queue, place=1, wait_s=30.0)
    assert (one.view.title, one.view.texts["detail"]) == ("下一个就是您", "大约一分钟内接通")
    one.see(**queue, place=2)
    assert one.view.texts["detail"] == "等多久还说不准，请稍等"


def test_a_broken_line_counts_its_seconds_and_says_not_to_hang_up() -> None:
    one = Standing()
    one.talk(state=State.CONNECTING, away_s=5.0, good=Good.AWAY)
    assert one.view.texts["phase"] == "reconnecting"
    one.later(2.0)
    assert "已等 7 秒，最多再等 5" in str(one.view.texts["detail"])


def test_no_picture_because_of_the_line_is_said() -> None:
    one = Standing()
    one.talk(sound_only=True)
    assert one.view.texts["detail"] == "网络不好，只有声音。画面会自己回来"
    assert one.view.texts["remote"] == ""


def test_camera_sound_and_phrases_are_wishes_to_the_engine() -> None:
    one = Standing()
    one.talk(camera=True, volume_db=12.0)
    one.tap("call-camera")
    one.tap("call-louder")
    one.tap("call-softer")
    one.tap("call-say", "slowly")
    assert one.said(Camera) == [Camera(on=False)]
    assert [wish.db for wish in one.said(Volume)] == [18.0, 6.0]
    assert one.said(Say) == [Say("请说慢一点")]
    one.tap("call-say", "rm -rf")
    assert len(one.said(Say)) == 1, "only our own phrases"


def test_the_clerk_reads_chinese_whatever_the_screen_speaks() -> None:
    one = Standing("en")
    one.talk()
    one.tap("call-say", "unclear")
    assert one.said(Say) == [Say("听不清")]
    assert one.view.texts["phrase"] == "They read: I cannot hear you"


def test_what_the_clerk_wrote_is_cut_in_pages_and_nothing_is_lost() -> None:
    text = "请您明天上午九点到十一点半之间，带上身份证、户口本和两张一寸照片，到街道办事处一楼三号窗口来办。谢谢！" * 3
    found = pages(text, 20.0)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    one = Standing()
    one.talk(texts=["早一点的", text])
    assert one.view.texts["clerk_more"]
    first = one.view.texts["clerk"]
    one.tap("call-read-on")
    assert one.view.texts["clerk"] != first
    one.see(call=ID, state=State.CONNECTED, department="civil", texts=["新的"])
    assert (one.view.texts["clerk"], one.view.texts["clerk_more"]) == ("新的", False)


def test_an_engine_that_is_away_is_said_with_a_number_and_called_again_when_it_is_back() -> None:
    one = Standing()
    one.gone()
    one.call()
    assert one.view.texts["phase"] == "no-engine"
    assert one.view.texts["number"] == "12345"
    assert one.said(Start) == []
    one.back()
    assert one.said(Start) == [Start(department="civil")]


def test_an_engine_that_says_nothing_is_as_good_as_away() -> None:
    one = Standing()
    one.call()
    one.later(ENGINE_S + 0.5)
    assert one.view.texts["phase"] == "no-engine"


def test_a_call_that_died_with_its_engine_has_its_words_and_ways() -> None:
    one = Standing()
    one.talk()
    one.gone()
    assert one.view.texts["phase"] == "no-engine"
    one.back()
    assert one.view.texts["phase"] == "ended"
    assert one.view.title == "通话程序出了问题，已经重新启动"
    assert {"call-again", "callback"} <= set(one.controls)


def test_a_screen_that_comes_back_in_mid_call_shows_it_with_the_first_word() -> None:
    one = Standing()
    one.see(call=ID, state=State.CONNECTED, department="civil", by="民政科 2号台")
    assert one.place == Screen.CALL
    assert one.said(Start) == []


def test_a_living_call_is_never_hidden() -> None:
    one = Standing()
    one.talk()
    one.tap("looks")
    one.tap("home")
    one.later(0.5)
    assert one.place == Screen.CALL


def test_the_office_rings_and_the_resident_takes_it_or_not() -> None:
    one = Standing()
    ring = {"call": ID, "state": State.RINGING, "incoming": True, "department": "civil", "by": "民政科 2号台"}
    one.see(**ring)
    assert one.place == Screen.INCOMING
    assert one.view.title == "民政科 2号台打来电话"
    one.tap("call-accept")
    assert one.said(Accept)
    one.see(call=ID, state=State.CONNECTING, department="civil")
    assert one.place == Screen.CALL

    other = Standing()
    other.see(**ring)
    other.tap("call-decline")
    assert other.said(HangUp) == [HangUp(Reason.DECLINED)]
    assert other.place == Screen.HOME
    other.see(**ring)
    assert other.place == Screen.HOME


def test_a_ring_that_nobody_took_leaves_nothing_behind() -> None:
    one = Standing()
    one.see(call=ID, state=State.RINGING, incoming=True, department="civil")
    one.see(call=ID, state=State.ENDED, reason=Reason.NO_ANSWER, incoming=True, department="civil")
    assert one.place == Screen.HOME
    one.tap("help")
    assert one.said(Start), "the next one calls as if nothing had been"


def test_a_number_is_kept_by_the_gateway_and_forgotten_by_the_screen() -> None:
    one = Standing()
    one.call()
    one.see(call=ID, state=State.ENDED, reason=Reason.BUSY, department="civil")
    one.tap("callback", "civil")
    for digit in "139":
        one.tap("digit", digit)
    one.tap("enter")
    assert one.view.texts["line"] == "号码不完整，请再看一看"
    for digit in "00001234":
        one.tap("digit", digit)
    assert one.view.texts["typed"] == "139 0000 1234"
    one.tap("enter")
    one.tap("enter")
    ((name, method, target, message, key),) = one.asked
    assert (name, method, target) == ("call-callback", "POST", "events")
    assert message["form"] == {"department": "civil", "phone": "13900001234", "language": "zh", "call": ID}
    one.kiosk.heard("call-callback", Failed("no gateway"), one.at)
    assert one.view.texts["line"] == "没有存上，正在再试。也可以直接打电话"
    one.later(3.0)
    assert one.asked[1] == one.asked[0], "the same key: kept once"
    assert key
    one.kiosk.heard("call-callback", Answer(201, b"{}"), one.at)
    assert one.view.texts["kept"]
    assert "13900001234" not in repr(one.kiosk.flow.session)


def test_a_guide_is_shown_by_its_title_with_the_words_of_its_card() -> None:
    one = Standing()
    card: dict[str, Any] = {name: Card(Said("无")) for name in ("who", "where", "how_long", "cost")}
    pension = Guide(
        id="pension", title=Said("高龄津贴", "Old age allowance"), event=LifeEvent.AGEING, department="civil",
        bring=Card(Said("身份证和户口簿")), **card,
    )  # fmt: skip
    one.kiosk.heard("services", Services(version="1", guides={"pension": pension}), one.at)
    one.talk(guide="pension", card=1)
    assert (one.view.texts["guide"], one.view.texts["clerk"]) == ("高龄津贴 · 带什么", "身份证和户口簿")
    talks: dict[str, Any] = {"call": ID, "state": State.CONNECTED, "department": "civil"}
    one.see(**talks, texts=["请慢慢说"], guide="pension", card=1)
    assert one.view.texts["clerk"] == "请慢慢说", "what the clerk writes goes before"
    one.see(**talks, texts=[], guide="unknown", card=19)
    assert one.view.texts["guide"] == "unknown · 第 20 张"


def test_nothing_of_a_person_outlives_the_session() -> None:
    one = Standing()
    one.talk(texts=["请带身份证"], guide="低保")
    one.see(call=ID, state=State.ENDED, reason=Reason.BUSY, department="civil", texts=["请带身份证"])
    one.tap("callback", "civil")
    for digit in "13900001234":
        one.tap("digit", digit)
    one.later(IDLE_S + COUNTDOWN_S + 1)
    assert one.place == Screen.HOME
    kept = repr(one.kiosk.flow.session) + repr(one.deeds.calls) + repr(vars(one.deeds._wish))
    assert "1390000" not in kept
    assert "身份证" not in kept
    assert one.said(PutAway)


def test_who_walked_away_from_a_queue_is_asked_then_the_call_ends() -> None:
    one = Standing()
    one.call()
    one.see(call=ID, state=State.QUEUED, department="civil", place=2)
    one.later(QUEUE_IDLE_S + IDLE_S + 2)
    assert one.kiosk.flow.countdown(one.at) is not None
    one.later(COUNTDOWN_S)
    assert one.said(HangUp)[0] == HangUp(Reason.IDLE)
    assert one.place == Screen.HOME


def test_a_conversation_is_never_ended_for_want_of_touches() -> None:
    one = Standing()
    one.talk()
    one.later(600.0)
    assert one.place == Screen.CALL
    assert one.said(HangUp) == []


def test_a_call_is_judged_with_two_taps_and_without_a_name() -> None:
    one = Standing()
    one.talk()
    one.see(call=ID, state=State.ENDED, reason=Reason.OFFICE, department="civil")
    one.later(0.5)
    assert [row.argument for row in one.view.rows] == ["good", "fair", "bad"]
    one.tap("call-face", "bad")
    one.tap("call-word", "waited")
    ((name, _, target, message, key),) = one.asked
    assert (name, target, key) == ("call-evaluation", "events", f"evaluation-{ID}")
    assert message["form"] == {"call": ID, "department": "civil", "face": "bad", "word": "waited"}
    assert "call-again" in one.controls


def test_judging_skips_itself_and_a_face_alone_counts() -> None:
    one = Standing()
    one.talk()
    one.see(call=ID, state=State.ENDED, reason=Reason.RESIDENT, department="civil")
    one.later(0.5)
    one.tap("call-face", "good")
    one.later(JUDGE_S + 1)
    assert one.asked[0][3]["form"]["face"] == "good"
    assert "call-again" in one.controls

    other = Standing()
    other.talk()
    other.see(call=ID, state=State.ENDED, reason=Reason.RESIDENT, department="civil")
    other.later(JUDGE_S + 1)
    assert other.asked == []


def test_a_call_that_never_came_about_is_not_judged() -> None:
    one = Standing()
    one.call()
    one.see(call=ID, state=State.ENDED, reason=Reason.OFFICE, department="civil")
    one.later(0.5)
    assert one.view.texts["judge"] == ""


def test_controls_of_a_call_do_nothing_without_one() -> None:
    one = Standing()
    for control in ("call-hang-up", "call-camera", "call-say", "call-accept", "call-leave", "call-face", "enter"):
        one.tap(control, "good")
    assert one.wishes == []
    assert one.place == Screen.HOME


def test_a_call_is_what_the_engine_says_whatever_was_asked() -> None:
    calls = Calls()
    calls.heard(Seen(there=True, call=CallSeen(n=1, call=ID, state=State.CONNECTED), at=1.0))
    calls.ask("labour", 2.0, sent=True)
    calls.heard(Seen(there=True, call=CallSeen(n=2, call=ID, state=State.CONNECTED), at=2.1))
    assert calls.phase(2.2) is Phase.CALLING, "that was on its way"
    calls.heard(Seen(there=True, call=CallSeen(n=3, call=ID, state=State.CONNECTED), at=4.0))
    assert calls.phase(4.0) is Phase.CONNECTED, "it keeps to the call it has"
    calls.ask("labour", 5.0, sent=True)
    calls.heard(Seen(there=True, call=CallSeen(n=4, call=OTHER, state=State.CALLING), at=5.1))
    assert calls.phase(5.2) is Phase.CALLING
