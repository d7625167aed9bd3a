"""What an elder is shown and told."""

from __future__ import annotations

from drivers.model import Command, Instant, Refused, Verb
from edge.feedback import BUZZ_S, MAX_PENDING, SAY_WITHIN_S, Board, Feedback, Look, MemorySignals
from edge.intake import Place
from edge.signals import DoorSignals
from sync.contract.alarm import Stage, Step
from tests.edge.moments import Hands, alarm


class Device:
    """Whoever is at the line, and what it was told."""

    def __init__(self, *, here: bool = True) -> None:
        self.here = here
        self.told: list[tuple[str, str]] = []
        self.refuses: Refused | None = None
        self.reports: list[tuple[str, list[str]]] = []

    def say(self, _place: Place, command: Command, _at: Instant) -> Refused | None:
        if command.verb is Verb.SAY and self.refuses:
            return self.refuses
        self.told.append((command.verb.value, command.text or command.alarm))
        return None

    def feedback(self, language: str = "zh") -> Feedback:
        feedback = Feedback(self.say, lambda _place: self.here, language)
        feedback.on_told = lambda name, refusals: self.reports.append((name, refusals))
        return feedback


def test_a_person_s_own_words_are_said_after_the_confirmation() -> None:
    hands, device = Hands(), Device()
    device.feedback().acted(alarm(hands()), Step.ACKNOWLEDGE, "社区医生接到了，三分钟到", hands(), first=True)
    assert device.told == [("confirm", "sos"), ("say", "社区医生接到了，三分钟到")]
    assert device.reports == [("a1", [])]


def test_without_words_the_gateway_says_its_own_in_its_language() -> None:
    hands, zh, en = Hands(), Device(), Device()
    zh.feedback("zh").acted(alarm(hands()), Step.ACKNOWLEDGE, "", hands(), first=True)
    en.feedback("en").acted(alarm(hands()), Step.ON_THE_WAY, " ", hands(), first=True)
    assert zh.told[1] == ("say", "您的求助已有人接到，请放心。")
    assert en.told[1] == ("say", "Somebody is on the way to you.")


def test_the_confirmation_goes_once() -> None:
    hands, device = Hands(), Device()
    feedback = device.feedback()
    feedback.acted(alarm(hands()), Step.ACKNOWLEDGE, "", hands(), first=True)
    feedback.acted(alarm(hands()), Step.ON_THE_WAY, "医生出发了", hands(), first=False)
    assert [verb for verb, _ in device.told] == ["confirm", "say", "say"]


def test_closing_what_was_acknowledged_says_nothing_more() -> None:
    hands, device = Hands(), Device()
    device.feedback().acted(alarm(hands()), Step.CLOSE, "", hands(), first=False)
    assert device.told == []


def test_closing_at_once_confirms_without_a_sentence() -> None:
    hands, device = Hands(), Device()
    device.feedback().acted(alarm(hands()), Step.CLOSE, "", hands(), first=True)
    assert device.told == [("confirm", "sos")]


def test_a_device_that_is_not_connected_is_told_when_it_comes() -> None:
    hands, device = Hands(), Device(here=False)
    feedback = device.feedback()
    feedback.acted(alarm(hands()), Step.ACKNOWLEDGE, "", hands(), first=True)
    assert device.told == []
    assert feedback.owes()
    device.here = True
    feedback.tick(hands.go(60))
    assert [verb for verb, _ in device.told] == ["confirm", "say"]
    assert not feedback.owes()


def test_newer_words_replace_owed_ones_and_the_confirmation_stays_owed() -> None:
    hands, device = Hands(), Device(here=False)
    feedback = device.feedback()
    feedback.acted(alarm(hands()), Step.ACKNOWLEDGE, "", hands(), first=True)
    feedback.acted(alarm(hands()), Step.ON_THE_WAY, "", hands(), first=False)
    device.here = True
    feedback.tick(hands())
    assert device.told == [("confirm", "sos"), ("say", "有人正在赶来，请稍候。")]


def test_a_sentence_that_is_too_old_is_not_said_but_confirmed() -> None:
    hands, device = Hands(), Device(here=False)
    feedback = device.feedback()
    feedback.acted(alarm(hands()), Step.ACKNOWLEDGE, "三分钟到", hands(), first=True)
    device.here = True
    feedback.tick(hands.go(SAY_WITHIN_S))
    assert device.told == [("confirm", "sos")]


def test_what_a_device_cannot_do_is_noted_and_over() -> None:
    hands, device = Hands(), Device()
    device.refuses = Refused("it has no voice")
    feedback = device.feedback()
    feedback.acted(alarm(hands()), Step.ACKNOWLEDGE, "", hands(), first=True)
    assert device.reports == [("a1", ["it has no voice"])]
    assert not feedback.owes()


def test_that_nobody_is_there_is_said_and_is_no_word_of_a_person() -> None:
    hands, device = Hands(), Device()
    feedback = device.feedback()
    feedback.alone(alarm(hands()), None, hands())
    assert [verb for verb, _ in device.told] == ["say"]
    assert device.reports == []


def test_what_is_owed_is_bounded() -> None:
    hands, device = Hands(), Device(here=False)
    feedback = device.feedback()
    for n in range(MAX_PENDING + 10):
        feedback.acted(alarm(hands(), f"a{n}"), Step.ACKNOWLEDGE, "", hands(), first=True)
    device.here = True
    feedback.tick(hands())
    assert len(device.reports) == MAX_PENDING


def test_the_lamp_follows_the_life_of_an_alarm() -> None:
    hands, signals = Hands(), MemorySignals()
    board, one = Board(signals), alarm(hands())
    for stage in Stage:
        one.stage = stage
        board.show(one)
    assert signals.history == ["lamp fast", "lamp slow", "lamp steady", "lamp off"]


def test_of_two_alarms_the_one_nobody_has_counts() -> None:
    hands, signals = Hands(), MemorySignals()
    board, seen, fresh = Board(signals), alarm(hands(), "a1", stage=Stage.ACKNOWLEDGED), alarm(hands(), "a2")
    board.show(seen)
    board.show(fresh)
    assert signals.history[-1] == "lamp fast"
    fresh.stage = Stage.CLOSED
    board.show(fresh)
    assert signals.history[-1] == "lamp steady"


def test_a_press_after_the_acknowledgement_blinks_until_the_centre_has_it() -> None:
    hands, signals = Hands(), MemorySignals()
    board, one = Board(signals), alarm(hands(), stage=Stage.ACKNOWLEDGED)
    one.press_seq = 4
    board.show(one)
    assert signals.history[-1] == "lamp fast"
    one.press_seq = 0
    board.show(one)
    assert signals.history[-1] == "lamp steady"


def test_the_buzzer_sounds_until_a_person_has_it() -> None:
    hands, signals = Hands(), MemorySignals()
    board, one = Board(signals), alarm(hands())
    board.show(one)
    board.sound(one, hands().monotonic_s)
    one.stage = Stage.RECEIVED
    board.show(one)
    assert "buzzer off" not in signals.history
    one.stage = Stage.ACKNOWLEDGED
    board.show(one)
    assert signals.history[-1] == "buzzer off"


def test_the_buzzer_ends_after_five_minutes() -> None:
    hands, signals = Hands(), MemorySignals()
    board, one = Board(signals), alarm(hands())
    board.sound(one, hands().monotonic_s)
    board.tick(hands.go(BUZZ_S - 1).monotonic_s)
    assert signals.history[-1] == "buzzer on"
    board.tick(hands.go(1).monotonic_s)
    assert signals.history[-1] == "buzzer off"


def test_somebody_in_the_house_can_silence_it() -> None:
    hands, signals = Hands(), MemorySignals()
    board = Board(signals)
    board.sound(alarm(hands(), "a1"), hands().monotonic_s)
    board.sound(alarm(hands(), "a2"), hands().monotonic_s)
    assert board.silence("a1")
    assert signals.history[-1] == "buzzer on"
    assert board.silence("")
    assert signals.history[-1] == "buzzer off"
    assert not board.silence("")


def test_a_gateway_without_lamp_and_buzzer_misses_nothing() -> None:
    signals = DoorSignals([])
    signals.lamp(Look.FAST)
    signals.buzzer(on=True)
