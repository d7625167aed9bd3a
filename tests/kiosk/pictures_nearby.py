"""What one does about a shop or a grid warden: complain, apply."""

from __future__ import annotations

from kiosk_ui.keys_lexicon import NEWS
from tests.kiosk.pictures import Stage, scene
from tests.kiosk.pictures_residents import show, visit
from tests.kiosk.services import example
from tests.kiosk.services_stage import Visit
from tests.kiosk.tables import lexicon

SHOP = "pharmacy-north"


def begun(stage: Stage, *steps: tuple[str, str]) -> Visit:
    made = visit(stage)
    made.heard("services", example())
    made.heard(NEWS, lexicon())
    for control, argument in (("nearby", ""), *steps):
        assert made.press(control, argument), control
    return made


def complains(stage: Stage) -> Visit:
    return begun(stage, ("merchants", "pharmacy"), ("merchant", SHOP), ("complain", SHOP))


@scene("complaint")
def complaint(stage: Stage) -> None:
    show(stage, complains(stage))


@scene("complaint-check")
def complaint_check(stage: Stage) -> None:
    made = complains(stage)
    for control, argument in (("report-words", ""), ("keys-phrase", "1"), ("keys-done", ""), ("report-next", "")):
        made.press(control, argument)
    made.press("report-no-phone")
    show(stage, made)


def named(stage: Stage) -> Visit:
    made = begun(stage, ("wardens", ""), ("warden", "area-1"), ("warden-apply", "area-1"), ("keys-method", "letters"))
    for key in "li":
        made.press("key", key)
    made.press("keys-done")
    made.type("13800000042")
    return made


@scene("warden-phone")
def warden_phone(stage: Stage) -> None:
    show(stage, named(stage))


@scene("warden-sent")
def warden_sent(stage: Stage) -> None:
    made = named(stage)
    made.press("enter")
    show(stage, made)
