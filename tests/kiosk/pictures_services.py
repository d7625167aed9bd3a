"""Screens of content: guides, notices, what is nearby, neighbours and learning, the emergency notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image

from kiosk_ui.emergency import EmergencyDeeds
from kiosk_ui.flow import Place, Screen
from kiosk_ui.guides_deeds import GuideDeeds
from kiosk_ui.learning_player import LessonDeeds
from kiosk_ui.speech import Mute, Speech
from kiosk_ui.wardens_deeds import WardenDeeds
from sync.contract.departments import Said
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.contract.messages import Notice
from tests.kiosk.pictures import Stage, scene
from tests.kiosk.pictures_call import paper
from tests.kiosk.services import example
from tests.kiosk.test_services_form import GUIDE as FORMED
from tests.kiosk.test_services_form import HASH, PICTURE, with_form


def show(stage: Stage, screen: Screen, subject: str = "") -> None:
    """With the example's content."""
    lines = (("便民热线", "12345"), ("街道值班", "01012345678"), ("火警", "119"), ("急救", "120"))
    numbers = tuple(Hotline(name=Said(name), number=number) for name, number in lines)
    stage.hear("settings", KioskBox(place="幸福路超市", pole="YS-1007", hotlines=numbers))
    stage.hear("services", example())
    stage.kiosk.flow.deeds["complain"] = lambda _argument, _at: None
    GuideDeeds(stage.kiosk)
    Speech(stage.kiosk, Mute(), lambda: False)
    WardenDeeds(stage.kiosk)
    stage.kiosk.flow.at = stage.hand.at
    stage.kiosk.flow.show(Place(screen, subject))
    stage.hand.later(0.1)


@scene("guides")
def _guides(stage: Stage) -> None:
    show(stage, Screen.GUIDES)


@scene("guide-list")
def _guide_list(stage: Stage) -> None:
    show(stage, Screen.GUIDE_LIST, "ageing")


@scene("guide")
def _guide(stage: Stage) -> None:
    show(stage, Screen.GUIDE, "birth-register")


@scene("guide-take")
def _guide_take(stage: Stage) -> None:
    show(stage, Screen.GUIDE_TAKE, "birth-register")


@scene("guide-form")
def _guide_form(stage: Stage) -> None:
    width, height = 800, 1100
    sheet, drawn = BytesIO(), Image.frombytes("L", (width, height), paper(width, height)[: width * height])
    drawn.point([min(255, 2 * luma) if luma > 65 else luma for luma in range(256)]).save(sheet, "PNG")
    stage.hand.screen.photos.fetch = lambda sha256: sheet.getvalue() if sha256 == HASH else None
    show(stage, Screen.HOME)
    stage.hear("services", with_form(PICTURE, link="https://desk.example/p/g/elder-card.k7x2"))
    stage.kiosk.flow.show(Place(Screen.GUIDE_FORM, FORMED))
    stage.hand.later(0.1)
    images = [item for item in stage.hand.items() if item.inherits("QQuickImage")]
    (form,) = [item for item in images if item.property("source").toString().startswith("image://content/")]
    stage.hand.until(lambda: float(form.property("paintedWidth")) > 0, "the form")
    stage.hand.settle()


@scene("notices")
def _notices(stage: Stage) -> None:
    show(stage, Screen.NOTICES)


@scene("notice")
def _notice(stage: Stage) -> None:
    show(stage, Screen.NOTICE, "flu-vaccine")


@scene("nearby")
def _nearby(stage: Stage) -> None:
    show(stage, Screen.NEARBY)


@scene("merchants")
def _merchants(stage: Stage) -> None:
    show(stage, Screen.MERCHANTS, "food")


@scene("merchant")
def _merchant(stage: Stage) -> None:
    show(stage, Screen.MERCHANT, "pharmacy-north")


@scene("wardens")
def _wardens(stage: Stage) -> None:
    show(stage, Screen.WARDENS)


@scene("warden")
def _warden(stage: Stage) -> None:
    show(stage, Screen.WARDEN, "area-1")


@scene("warden-pole")
def _warden_pole(stage: Stage) -> None:
    show(stage, Screen.WARDEN_POLE)
    for digit in "1007":
        stage.hand.tap("digit", digit)


@scene("hotlines")
def _hotlines(stage: Stage) -> None:
    show(stage, Screen.HOTLINES)


@scene("neighbours")
def _neighbours(stage: Stage) -> None:
    show(stage, Screen.NEIGHBOURS)


@scene("publicity")
def _publicity(stage: Stage) -> None:
    show(stage, Screen.PUBLICITY)


@scene("public-case")
def _public_case(stage: Stage) -> None:
    show(stage, Screen.PUBLIC_CASE, "0")


@scene("lessons")
def _lessons(stage: Stage) -> None:
    show(stage, Screen.LESSONS)


@scene("lesson")
def _lesson(stage: Stage) -> None:
    LessonDeeds(stage.kiosk)
    show(stage, Screen.LESSON, "finger-beat")
    stage.hand.later(11)


@scene("emergency")
def _emergency(stage: Stage) -> None:
    EmergencyDeeds(stage.kiosk, lambda *_: None, lambda: False)
    text = (
        "气象台发布暴雨红色预警。今晚请不要出门，不要走地下通道。一层和半地下室的居民请马上到社区服务站，那里有人接应。"
        "需要帮忙请按下面的“一键呼叫人工”。"
    )
    until = datetime.now(UTC) + timedelta(hours=6)
    stage.hear("emergency", (Notice(id="n1", title="暴雨红色预警", text=text, expires_at=until),))
