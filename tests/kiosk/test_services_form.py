"""The form of a guide by touch: looked at where it is a picture, taken along by its code, its code on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtQuick import QQuickItem

from kiosk_ui.content import Services
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.recorder import SQUARE
from kiosk_ui.theme import Glass, Look
from sync.contract.kiosk import ContentFile
from sync.contract.services import Guide
from sync.contract.slip import fits
from tests.kiosk.hand import Hand
from tests.kiosk.services import example
from tests.kiosk.services_stage import NOW, Visit
from tests.kiosk.test_services_touch import no_touching

GUIDE = "elder-card"
PICTURE, PDF = "m/form.jpg", "m/form.pdf"
HASH = "f" * 64
SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)
STEPS = (("guides", ""), ("guide-event", "ageing"), ("guide", GUIDE))
Hands = Callable[[Kiosk], Hand]


def with_form(name: str, **more: Any) -> Services:
    """The example, whose guide has this form."""
    found = example()
    guide = found.guides[GUIDE]
    fields = {field: getattr(guide, field) for field in Guide.__struct_fields__} | {"form": name} | more
    files = {**found.files, name: ContentFile(name, HASH, len(SQUARE))}
    return replace(found, guides={**found.guides, GUIDE: Guide(**fields)}, files=files)


class Reader:
    """A finger at a kiosk with that form."""

    def __init__(self, hands: Hands, services: Services, glass: Glass | None = None, look: Look | None = None) -> None:
        self.visit = Visit(Kiosk(glass or Glass()))
        self.visit.heard("services", services)
        if look is not None:
            self.visit.kiosk.flow.touched(999.0)
            self.visit.kiosk.flow.session.look = look
        self.hand = hands(self.visit.kiosk)
        self.hand.screen.photos.fetch = lambda sha256: SQUARE if sha256 == HASH else None
        self.hand.screen.bridge.wall = lambda: NOW

    def tap(self, *steps: tuple[str, str]) -> None:
        for control, argument in steps:
            self.hand.tap(control, argument)
            self.visit.gateway.settle(self.hand.at)
            self.hand.later(0.1)

    def images(self, kind: str) -> list[QQuickItem]:
        found = [item for item in self.hand.items() if item.inherits("QQuickImage")]
        return [item for item in found if str(item.property("source").toString()).startswith(f"image://{kind}/")]


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
@pytest.mark.parametrize("look", [Look(), Look(large=True), Look(low=True)], ids=["normal", "large", "low"])
def test_a_form_that_is_a_picture_is_shown_beside_its_code(hands: Hands, glass: Glass, look: Look) -> None:
    person = Reader(hands, with_form(PICTURE), glass, look)
    person.visit.kiosk.flow.show(Place(Screen.GUIDE, GUIDE))
    person.hand.later(0.1)
    person.tap(("guide-form", ""))
    assert person.hand.place == "guide-form"
    (picture,), (code,) = person.images("content"), person.images("qr")
    person.hand.until(lambda: float(picture.property("implicitWidth")) > 1, "the form is drawn")
    assert min(code.width(), code.height()) > 100
    no_touching(person.hand)


def test_a_form_that_cannot_be_drawn_is_taken_along_by_a_code_that_says_what_it_is(hands: Hands) -> None:
    services = with_form(PDF)
    person = Reader(hands, services)
    person.tap(*STEPS, ("guide-form", ""))
    assert person.images("content") == []
    guide = services.guides[GUIDE]
    text = bytes.fromhex(str(person.visit.texts["code"])).decode()
    assert text == f"{guide.link}/form#{guide.title.zh}"
    assert len(text) <= 300
    assert "用手机相机或微信扫一扫，下载表格" in person.hand.texts()


def test_its_code_is_printed_with_where_the_paper_is_and_what_became_of_it_is_said(hands: Hands) -> None:
    services = with_form(PDF)
    person = Reader(hands, services)
    person.tap(*STEPS, ("guide-form", ""), ("slip-print", ""))
    (slip,) = person.visit.gateway.slips
    guide = services.guides[GUIDE]
    assert fits(slip)
    assert slip.qr == f"{guide.link}/form"
    assert slip.lines[0].text == guide.title.zh
    assert guide.where.text.zh.splitlines()[0] in slip.lines[-1].text
    assert person.visit.kiosk.flow.session.slip.said == "slip.printed"
    assert person.hand.kiosk.texts()["slip"]["printed"] in person.hand.texts()


def test_asking_from_a_form_brings_the_guide_along(hands: Hands) -> None:
    person = Reader(hands, with_form(PICTURE))
    person.tap(*STEPS, ("guide-form", ""), ("guide-ask", ""))
    assert person.hand.kiosk.flow.place == Place(Screen.CALL, "civil")
    assert person.hand.kiosk.flow.session.attached == GUIDE


@pytest.mark.parametrize(
    ("name", "link", "offered"), [("", "x", False), (PDF, "", False), (PICTURE, "", True), (PDF, "x", True)]
)
def test_a_form_is_offered_only_where_something_can_be_done_with_it(
    hands: Hands, name: str, link: str, *, offered: bool
) -> None:
    person = Reader(hands, with_form(name, link=f"https://desk.example/p/t/g.{GUIDE}.mark" if link else ""))
    person.tap(*STEPS)
    assert person.hand.shows("guide-form") is offered
    if offered and not link:
        person.tap(("guide-form", ""))
        assert person.images("qr") == [] or not person.images("qr")[0].isVisible()
        assert not person.hand.shows("slip-print")


def test_a_guide_never_has_more_than_four_buttons(hands: Hands) -> None:
    person = Reader(hands, with_form(PDF, booking="family-card"))
    services = replace(with_form(PDF, booking="family-card"), calendars=person.visit.box.contents.newest.calendars)
    person.visit.heard("services", services)
    person.tap(*STEPS)
    shown = [row.control for row in person.visit.shown().view.rows if row.control]
    assert len(shown) <= 4
    assert "guide-form" in shown


def test_a_form_that_was_taken_back_says_so_in_english_too(hands: Hands) -> None:
    person = Reader(hands, with_form(PDF))
    person.tap(*STEPS, ("guide-form", ""), ("language", ""))
    assert any(text.endswith(": the form") for text in person.hand.texts())
    person.tap(("home", ""))
    person.visit.heard("services", example())
    person.visit.kiosk.flow.show(Place(Screen.GUIDE_FORM, GUIDE))
    person.hand.later(0.2)
    assert person.visit.texts["code"] == ""
    assert person.visit.shown().view.title in person.hand.texts()
