"""Whoever wants to be a grid warden writes a name and a number with a finger, and stands at the desk, sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk_ui.keys_lexicon import NEWS as LEXICON
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.speech import spoken
from kiosk_ui.theme import Glass
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.kiosk.hand import Hand
from tests.kiosk.services import WARDENS, example
from tests.kiosk.services_stage import NOW, Visit
from tests.kiosk.tables import lexicon
from tests.office.desk.house import House
from tests.office.sending import event

PHONE = "13800000042"
SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)


class Applicant:
    """A finger at a kiosk that knows its wardens."""

    def __init__(self, hands: Callable[[Kiosk], Hand], glass: Glass | None = None, **more: Any) -> None:
        self.visit = Visit(Kiosk(glass or Glass()))
        self.visit.heard("services", example(**more))
        self.visit.heard(LEXICON, lexicon())
        self.hand = hands(self.visit.kiosk)
        self.hand.screen.bridge.wall = lambda: NOW

    def tap(self, *steps: tuple[str, str]) -> None:
        for control, argument in steps:
            self.hand.tap(control, argument)
            self.answer()

    def answer(self) -> None:
        self.visit.at = self.hand.at
        self.visit.gateway.settle(self.hand.at)
        self.hand.later(0.1)

    def writes_their_name(self) -> None:
        self.tap(("nearby", ""), ("wardens", ""), ("warden", "area-1"), ("warden-apply", ""))
        self.tap(("keys-method", "letters"), *(("key", key) for key in "li"), ("keys-done", ""))

    def applies(self) -> dict[str, Any]:
        self.writes_their_name()
        self.tap(*(("digit", digit) for digit in PHONE), ("enter", ""))
        (form,) = self.visit.gateway.forms("warden-application")
        return form


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
def test_a_name_and_a_number_are_kept_and_nothing_more_is_asked(hands: Callable[[Kiosk], Hand], glass: Glass) -> None:
    person = Applicant(hands, glass)
    assert person.applies() == {"name": "li", "phone": PHONE, "where": "演示第一网格"}
    assert person.hand.place == "warden-sent"
    assert "报名已收到，谢谢您" in person.hand.texts()
    person.tap(("done", ""))
    assert person.hand.place == "home"
    session = person.hand.kiosk.flow.session
    assert (session.warden.phone, session.keys.texts) == ("", {})


def test_without_a_name_nothing_goes_on_and_a_short_number_is_asked_for_again(hands: Callable[[Kiosk], Hand]) -> None:
    person = Applicant(hands)
    person.tap(("nearby", ""), ("wardens", ""), ("warden", "area-1"), ("warden-apply", ""), ("keys-done", ""))
    assert person.hand.place == "write"
    person.tap(("keys-method", "letters"), ("key", "l"), ("keys-done", ""), ("digit", "1"), ("enter", ""))
    assert person.hand.place == "warden-phone"
    assert "号码不完整，请再看一看" in person.hand.texts()
    assert person.visit.gateway.kept == {}


def test_what_was_typed_is_not_read_aloud_and_the_rest_of_the_screen_is(hands: Callable[[Kiosk], Hand]) -> None:
    person = Applicant(hands)
    person.writes_their_name()
    person.tap(("digit", "1"), ("digit", "3"))
    typed = str(person.visit.kiosk.texts_shown()["typed"])
    text = spoken(person.hand.screen.words(), (typed,))
    assert "请留电话" in text
    assert "13" not in text


def test_a_gateway_that_is_away_is_said_and_the_application_is_kept_once_it_is_back(
    hands: Callable[[Kiosk], Hand],
) -> None:
    person = Applicant(hands)
    person.visit.line(up=False, gateway=False)
    person.writes_their_name()
    person.tap(*(("digit", digit) for digit in PHONE), ("enter", ""))
    assert any("还没有存上" in text for text in person.hand.texts())
    person.visit.gateway.there = True
    for _ in range(12):
        person.hand.later(0.5)
        person.answer()
    assert len(person.visit.gateway.forms("warden-application")) == 1
    assert "报名已收到，谢谢您" in person.hand.texts()


@pytest.mark.parametrize(("department", "called"), [("order", "order"), ("", "reception"), ("gone", "reception")])
def test_who_answers_for_a_warden_is_said_by_name(hands: Callable[[Kiosk], Hand], department: str, called: str) -> None:
    person = Applicant(hands, wardens=[{**WARDENS[0], "department": department}])
    person.tap(("nearby", ""), ("wardens", ""), ("warden", "area-1"))
    listed = person.visit.box.departments.departments
    name = next((one.name.zh for one in listed if one.id == called), listed[0].name.zh)
    assert name in person.hand.texts()
    person.tap(("warden-call", ""))
    assert person.hand.kiosk.flow.place.subject == called


def test_an_application_of_a_finger_stands_at_the_desk(hands: Callable[[Kiosk], Hand], short_tmp: Path) -> None:
    form = Applicant(hands).applies()

    async def desk() -> list[dict[str, Any]]:
        async with House(short_tmp) as house:
            office = await house.signed_in(Role.ADMINISTRATOR)
            data = Submission(kind="warden-application", form=form)
            await house.arrive(
                "kiosk-1", "events", event(1, kind=SUBMISSION, data=data, gateway="kiosk-1", id="sub-" + "1" * 20)
            )
            await house.desk.part(Submissions).catch_up()
            return list((await office.get("/v1/grid/applications"))["items"])

    (one,) = asyncio.run(desk())
    assert (one["name"], one["phone"], one["where"], one["source"]) == ("li", PHONE, "演示第一网格", "kiosk")
