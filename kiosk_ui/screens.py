"""Every screen: the QML that draws it and the function that says what is on it.

A new screen is a name in `flow.Screen`, its row in `flow.LEADS`, a view function, a QML file and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk_ui import guides, guides_form, learning, merchants, notices, publicity, views, wardens
from kiosk_ui.flow import Screen
from kiosk_ui.scene import Scene
from kiosk_ui.view import View


@dataclass(frozen=True, slots=True)
class Shows:
    """`qml` is a file of kiosk_ui/qml without its ending."""

    qml: str
    view: Callable[[Scene], View]


SCREENS: Mapping[Screen, Shows] = dict.fromkeys(Screen, Shows("Later", views.not_yet)) | {
    Screen.HOME: Shows("Home", views.home),
    Screen.DEPARTMENTS: Shows("Departments", views.departments),
    Screen.LATER: Shows("Later", views.later),
    Screen.LOOKS: Shows("Looks", views.looks),
    Screen.GUIDES: Shows("Home", guides.guides),
    Screen.GUIDE_LIST: Shows("Entries", guides.guide_list),
    Screen.GUIDE: Shows("Reading", guides.guide),
    Screen.GUIDE_TAKE: Shows("GuideTake", guides.guide_take),
    Screen.GUIDE_FORM: Shows("GuideForm", guides_form.guide_form),
    Screen.NOTICES: Shows("Entries", notices.notices),
    Screen.NOTICE: Shows("Reading", notices.notice),
    Screen.NEARBY: Shows("Departments", merchants.nearby),
    Screen.MERCHANTS: Shows("Entries", merchants.merchants),
    Screen.MERCHANT: Shows("Reading", merchants.merchant),
    Screen.WARDENS: Shows("Entries", wardens.wardens),
    Screen.WARDEN: Shows("Reading", wardens.warden),
    Screen.WARDEN_POLE: Shows("Code", wardens.by_pole),
    Screen.HOTLINES: Shows("Reading", wardens.hotlines),
    Screen.NEIGHBOURS: Shows("Home", publicity.neighbours),
    Screen.PUBLICITY: Shows("Entries", publicity.publicity),
    Screen.PUBLIC_CASE: Shows("Reading", publicity.public_case),
    Screen.LESSONS: Shows("Entries", learning.lessons),
}
