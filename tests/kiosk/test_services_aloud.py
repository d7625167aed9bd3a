"""A card of a guide is read alone, in the centre's voice where there is one; an emergency says how far help is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk_ui.engine import Seen
from kiosk_ui.furnished import furnish
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.log_tail import LogTail
from kiosk_ui.sos import HOLD_S, SLOW_S
from kiosk_ui.speech import Utterance
from kiosk_ui.theme import Glass
from sync.contract.call import State
from sync.contract.call_screen import CallSeen
from sync.contract.departments import Said
from sync.contract.envelope import encode
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.unix_http import Answer
from tests.kiosk.fake_gateway import FakeGateway
from tests.kiosk.hand import Hand
from tests.kiosk.services import example
from tests.kiosk.test_services_speech import Mouth
from tests.kiosk.test_sos_logic import alarm

SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)
VOICE = "m/b.wav"
Hands = Callable[[Kiosk], Hand]


class Aloud:
    """A finger at a furnished kiosk, and what is said to whoever stands there."""

    def __init__(self, hands: Hands, glass: Glass | None = None) -> None:
        self.kiosk, self.mouth = Kiosk(glass or Glass()), Mouth()
        self.gateway = FakeGateway(self.kiosk)
        self.parts = furnish(self.kiosk, lambda _wish: True, self.gateway.ask, LogTail(), self.mouth)
        self.kiosk.heard("settings", KioskBox(hotlines=(Hotline(name=Said("热线"), number="12345"),)), 0.0)
        self.kiosk.heard("services", self.services(), 0.0)
        self.hand = hands(self.kiosk)
        self.parts.speech.glass = self.hand.screen.words

    def services(self) -> Any:
        """The example's, with one card spoken at the centre."""
        found = example()
        guide = found.guides["elder-card"]
        made = {name: getattr(guide, name) for name in guide.__struct_fields__}
        made["bring"] = type(guide.bring)(guide.bring.text, spoken=VOICE)
        return type(found)(
            **{**{n: getattr(found, n) for n in found.__slots__}, "guides": {guide.id: type(guide)(**made)}}
        )

    def at_the_guide(self) -> None:
        for control, argument in (("guides", ""), ("guide-event", "ageing"), ("guide", "elder-card")):
            self.hand.tap(control, argument)

    @property
    def said(self) -> list[str]:
        return [one.text for one in self.mouth.said]

    def news(self, **more: Any) -> None:
        self.kiosk.heard("alarm", alarm(**more), self.hand.at)
        self.hand.later(0.3)

    def call(self, state: State) -> None:
        seen = CallSeen(n=1, call="x", state=state, department="duty", alarm="0198a000-0000-7000-8000-000000000001")
        self.kiosk.heard("call", Seen(there=True, call=seen, at=self.hand.at), self.hand.at)


# --- cards


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
def test_each_card_has_a_button_that_reads_it_alone_and_a_second_tap_ends_it(hands: Hands, glass: Glass) -> None:
    here = Aloud(hands, glass)
    here.at_the_guide()
    guide = here.kiosk.box.contents.newest.guides["elder-card"]
    here.hand.tap("read-card", "0")
    assert here.mouth.said == [Utterance(f"谁能办。\n{flat(guide.who.text.zh)}", "zh")]
    assert here.kiosk.speech == "sounds"
    assert all(flat(text) in flat("".join(here.hand.texts())) for text in here.said[0].split("。\n"))
    here.hand.tap("read-card", "0")
    assert len(here.mouth.said) == 1
    assert here.kiosk.speech == "silent"
    assert here.mouth.hushed == 1


def flat(text: str) -> str:
    """Lines as they are said."""
    return "，".join(part.strip(" 。，") for part in text.replace("\u2060", "").splitlines() if part.strip(" 。，"))


def test_another_card_takes_the_word_and_the_centres_own_voice_is_played_for_its_text(hands: Hands) -> None:
    here = Aloud(hands)
    here.at_the_guide()
    here.hand.tap("read-card", "0")
    here.hand.tap("read-card", "1")
    services = here.kiosk.box.contents.newest
    text = flat(services.guides["elder-card"].bring.text.zh)
    assert here.mouth.said[-1] == Utterance(f"带什么。\n{text}", "zh", ((text, services.hash_of(VOICE)),))
    here.hand.tap("read")  # ends it
    here.hand.tap("read")
    assert here.mouth.said[-1].sounds == ((text, services.hash_of(VOICE)),)
    assert text in here.mouth.said[-1].text


def test_english_words_are_never_said_by_a_chinese_voice(hands: Hands) -> None:
    here = Aloud(hands)
    here.at_the_guide()
    here.hand.tap("language")
    here.hand.tap("read-card", "1")
    (said,) = here.mouth.said
    assert (said.language, said.sounds) == ("en", ())


def test_nobody_is_spoken_over_by_a_card(hands: Hands) -> None:
    here = Aloud(hands)
    here.at_the_guide()
    here.call(State.RINGING)
    here.hand.later(0.3)
    assert not here.hand.shows("read-card")
    assert here.mouth.said == []


def test_in_the_low_position_no_button_of_a_card_is_out_of_reach(hands: Hands) -> None:
    here = Aloud(hands)
    here.at_the_guide()
    here.hand.tap("low")
    assert not here.hand.shows("read-card")
    assert here.hand.shows("read")


# --- an emergency


def test_a_hold_is_counted_aloud_and_the_finger_that_rests_does_not_silence_it(hands: Hands) -> None:
    here = Aloud(hands)
    here.hand.tap("sos-hold")
    here.hand.later(0.3)
    assert here.said[-1].startswith("要按住不放。\n")
    here.hand.later(1.0)
    here.hand.press("sos-hold")
    assert here.said[-1] == "继续按住…2，1"
    hushed = here.mouth.hushed
    here.kiosk.touched(here.hand.at + 0.5)  # the finger trembles
    assert here.mouth.hushed == hushed
    here.hand.later(HOLD_S + 0.1)
    assert here.said[-1].startswith("正在求助…。\n")
    here.hand.release("sos-hold")


def test_every_stage_is_said_once_in_the_words_of_the_screen(hands: Hands) -> None:
    here = Aloud(hands)
    here.kiosk.heard("alarm", alarm(), here.hand.at)
    here.hand.later(0.3)
    here.hand.later(0.3)
    here.hand.later(SLOW_S + 1)
    here.news(stage="received")
    here.news(stage="acknowledged", acknowledged_by="duty", text="马上到")
    here.news(stage="closed")
    assert [text.split("。\n")[0] for text in here.said] == [
        "已经求助", "网络不通，求助已存好", "办事处已收到", "值班员已接到", "求助已处理完",
    ]  # fmt: skip
    assert here.said[1].endswith("1 2 3 4 5")
    assert here.said[3] == "值班员已接到。\n“马上到”"
    shown = "".join(here.hand.texts())
    assert all(part in shown for part in here.said[-1].split("。\n"))


def test_a_stage_is_said_while_the_voice_is_being_opened_and_never_over_the_duty_desk(hands: Hands) -> None:
    here = Aloud(hands)
    here.kiosk.heard("alarm", alarm(), here.hand.at)
    here.hand.later(0.3)
    here.call(State.RINGING)
    here.news(stage="received")
    assert here.said[-1].startswith("办事处已收到")
    assert here.kiosk.speech == "sounds"
    here.call(State.CONNECTED)
    here.hand.later(0.3)
    assert here.kiosk.speech != "sounds"
    before = len(here.said)
    here.news(stage="acknowledged", acknowledged_by="duty")
    assert len(here.said) == before


def test_a_press_that_the_gateway_does_not_take_says_what_else_helps(hands: Hands) -> None:
    here = Aloud(hands)
    here.gateway.there = False
    here.hand.later(1.0)
    here.hand.press("sos-hold")
    here.hand.later(HOLD_S + 0.1)
    here.hand.release("sos-hold")
    here.gateway.settle(here.hand.at)
    here.hand.later(0.3)
    assert here.said[-1].startswith("机器没有收到。\n")
    assert here.said[-1].endswith("1 2 3 4 5")


def test_in_english_it_is_said_in_english(hands: Hands) -> None:
    here = Aloud(hands)
    here.hand.tap("language")
    here.kiosk.heard("sos-pressed", Answer(201, encode(alarm())), here.hand.at)
    here.kiosk.heard("alarm", alarm(stage="received"), here.hand.at)
    here.hand.later(0.3)
    assert here.mouth.said[-1].language == "en"
    assert here.said[-1].replace("。", "").isascii()
