"""A complaint about a shop, touched at the glass: a case at the desk, and a grade that moves back to the glass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.theme import Glass
from office.desk.content import live_items
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from sync.contract.services import MERCHANTS, Merchant
from tests.kiosk.fake_gateway import done
from tests.kiosk.hand import Hand
from tests.kiosk.services import example
from tests.kiosk.services_stage import NOW, Visit
from tests.office.desk.house import House
from tests.office.sending import event

SHOP = "pharmacy-north"
SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)


class Complainant:
    """A finger at a kiosk that has the example's shops."""

    def __init__(self, hands: Callable[[Kiosk], Hand], glass: Glass | None = None) -> None:
        self.visit = Visit(Kiosk(glass or Glass()))
        self.visit.heard("services", example())
        self.hand = hands(self.visit.kiosk)
        self.hand.screen.bridge.wall = lambda: NOW

    def tap(self, *steps: tuple[str, str]) -> None:
        for control, argument in steps:
            self.hand.tap(control, argument)
            self.visit.at = self.hand.at
            self.visit.gateway.settle(self.hand.at)
            self.hand.later(0.1)

    def at_the_shop(self) -> None:
        self.tap(("nearby", ""), ("merchants", "pharmacy"), ("merchant", SHOP))

    def complains(self) -> dict[str, Any]:
        """With one phrase and a telephone; the form on the gateway's disk."""
        self.tap(("complain", SHOP), ("report-words", ""), ("keys-phrase", "1"), ("keys-done", ""), ("report-next", ""))
        self.tap(*(("digit", digit) for digit in "13800000042"), ("enter", ""), ("report-send", ""))
        (form,) = self.visit.gateway.forms("complaint")
        return form


def test_a_complaint_is_kept_with_its_shop_and_neither_kind_nor_place_is_asked(hands: Callable[[Kiosk], Hand]) -> None:
    person = Complainant(hands)
    person.at_the_shop()
    form = person.complains()
    assert person.hand.place == "report-sent"
    shop = example().merchants[SHOP]
    assert form == {
        "number": form["number"],
        "words": "过期变质",
        "phone": "13800000042",
        "merchant": SHOP,
        "place_words": f"{shop.name.zh}，{shop.place.zh}",
    }
    assert person.visit.gateway.forms("report") == []


def test_the_summary_names_the_shop_and_a_tap_changes_what_was_said(hands: Callable[[Kiosk], Hand]) -> None:
    person = Complainant(hands)
    person.at_the_shop()
    person.tap(("complain", SHOP))
    assert "哪里不满意？" in person.hand.texts()
    person.tap(("report-next", ""), ("report-no-phone", ""))
    name = example().merchants[SHOP].name.zh
    assert f"投诉：{name}" in person.hand.texts()
    assert person.visit.rows("report-change") == ["words", "voice", "photo", "phone"]
    person.tap(("report-change", "words"), ("keys-phrase", "0"), ("keys-done", ""))
    assert person.hand.place == "report-check"
    person.tap(("language", ""))
    assert person.hand.kiosk.flow.session.language == "en"
    assert any(text.startswith("About ") for text in person.hand.texts())


def test_a_report_after_a_complaint_and_a_complaint_about_another_shop_begin_empty(
    hands: Callable[[Kiosk], Hand],
) -> None:
    person = Complainant(hands)
    person.at_the_shop()
    person.tap(("complain", SHOP), ("report-words", ""), ("keys-phrase", "1"), ("keys-done", ""), ("home", ""))
    person.tap(("report", ""), ("report-kind", "lamp"), ("digit", "7"), ("enter", ""))
    person.tap(("report-next", ""), ("report-no-phone", ""), ("report-send", ""))
    (form,) = person.visit.gateway.forms("report")
    assert (form["kind"], form.get("merchant"), form.get("words")) == ("lamp", None, None)


def test_a_shop_that_is_no_more_in_the_newest_version_takes_no_complaint(hands: Callable[[Kiosk], Hand]) -> None:
    person = Complainant(hands, SHORT)
    person.at_the_shop()
    person.visit.heard("services", replace(example(), merchants={}))
    person.tap(("complain", SHOP))
    assert person.hand.place == "merchant"


def submitted(form: dict[str, Any]) -> bytes:
    data = Submission(kind="complaint", form=form)
    return event(1, kind=SUBMISSION, data=data, gateway="kiosk-1", id="sub-1")


def test_a_complaint_is_a_case_at_the_desk_and_the_grade_it_moved_is_back_on_the_glass(
    hands: Callable[[Kiosk], Hand], short_tmp: Path
) -> None:
    person = Complainant(hands)
    person.at_the_shop()
    form = person.complains()
    why = "投诉属实，过期药已下架"

    async def desk() -> list[Merchant]:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            shop = {"id": SHOP, "name": {"zh": "北门药店"}, "kind": "pharmacy", "grade": "A", "why": {"zh": "诚信"}}
            await editor.put(f"/v1/content/merchants/{SHOP}", {"v": 0, "item": shop})
            await house.arrive("kiosk-1", "events", submitted(form))
            await house.desk.part(Submissions).catch_up()
            case = await clerk.get(f"/v1/cases/{form['number']}")
            assert (case["words"], case["place_words"]) == (f"过期变质\n商户: {SHOP}", form["place_words"])
            assert case["source"] == "kiosk"
            moved = {"grade": "B", "why": why, "case": form["number"]}
            await editor.post(f"/v1/merchants/{SHOP}/grade", moved)
            await editor.post("/v1/content-versions", {})
            return await house.desk.look(lambda conn: live_items.of(conn, MERCHANTS, Merchant))

    (shop,) = asyncio.run(desk())
    services = replace(example(), merchants={SHOP: shop}, merchants_of={"pharmacy": [shop]})
    person.visit.heard("services", services)
    person.tap(("end", ""))
    person.at_the_shop()
    assert any("诚信B级" in text for text in person.hand.texts())
    assert any(why in text for text in person.hand.texts())


def test_the_code_of_a_complaint_becomes_the_residents_own_link(hands: Callable[[Kiosk], Hand]) -> None:
    person = Complainant(hands)
    person.visit.gateway.questions["slip-link"] = lambda _: done(link="https://desk.example/p/case#1/x")
    person.at_the_shop()
    person.complains()
    person.visit.wait(3)
    assert bytes.fromhex(person.visit.texts["code"]).decode() == "https://desk.example/p/case#1/x"
