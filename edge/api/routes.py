"""The one table of everything that can be asked. The server is built from it, and so is the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass

from edge.api import asked, shapes
from edge.api.about import AboutApi
from edge.api.beside import BesideApi
from edge.api.calling import CallingApi
from edge.api.devices import DevicesApi
from edge.api.happenings import HappeningsApi
from edge.api.pressing import PressingApi
from edge.api.showing import ShowingApi
from edge.api.web import Handler
from edge.content import ContentSeen
from edge.submissions import Submitted
from sync.contract.kiosk_box import KioskBox
from sync.contract.lamp import LightShown
from sync.contract.messages import Answer
from sync.contract.screen_care import ScreenAnswer, ScreenState
from sync.contract.slip import Slip

CSV, BYTES, STREAM, LINES = "text/csv", "application/octet-stream", "text/event-stream", "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Route:
    """One row. `asks` and `answers` are a shape, a media type, or None for no body."""

    method: str
    path: str
    handler: Handler
    answers: object
    asks: object = None
    query: tuple[str, ...] = ()
    status: tuple[int, ...] = (200,)
    headers: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The first sentence of the handler's docstring."""
        return " ".join((self.handler.__doc__ or "").split())


def table(
    about: AboutApi,
    devices: DevicesApi,
    happenings: HappeningsApi,
    showing: ShowingApi,
    pressing: PressingApi,
    calling: CallingApi,
    beside: BesideApi,
) -> list[Route]:
    """Every route but the document itself."""
    d, h, s, a, p, c, b = devices, happenings, showing, about, pressing, calling, beside
    page = ("after", "limit")
    device = "/v1/devices/{id}"
    return [
        Route("GET", "/v1/status", a.status, shapes.Status),
        Route("GET", "/v1/faults", a.faults, shapes.Faults),
        Route("GET", "/v1/profiles", a.profiles, shapes.Profiles),
        Route("GET", "/v1/outbox", a.outbox, shapes.Outbox, query=("before", "limit")),
        Route("POST", "/v1/outbox/resend", a.resend, shapes.Resent, asked.ResendAsked, status=(202,)),
        Route("GET", "/v1/diagnose", a.diagnose, shapes.Diagnosis),
        Route("GET", "/v1/devices", d.list, shapes.Devices, query=(*page, "profile", "silent", "q")),
        Route("POST", "/v1/devices", d.add, shapes.DeviceSeen, asked.DeviceAsked, status=(201,)),
        Route("GET", "/v1/devices/export", d.export, CSV, query=("language",)),
        Route("POST", "/v1/devices/import", d.plan, shapes.PlanSeen, CSV, query=("remove_missing",)),
        Route("POST", "/v1/devices/import/{token}", d.apply, shapes.Changed, asked.ApplyAsked),
        Route("POST", "/v1/devices/undo", d.undo, shapes.Changed),
        Route("GET", device, d.get, shapes.DeviceSeen),
        Route("PUT", device, d.put, shapes.DeviceSeen, asked.DeviceAsked, status=(200, 201)),
        Route("DELETE", device, d.delete, None, status=(204,)),
        Route("POST", f"{device}/test", d.test, shapes.DeviceSeen, asked.TestAsked),
        Route("DELETE", f"{device}/test", d.end_test, shapes.DeviceSeen),
        Route("POST", f"{device}/away", d.away, shapes.DeviceSeen, asked.AwayAsked),
        Route("DELETE", f"{device}/away", d.end_away, shapes.DeviceSeen),
        Route("POST", f"{device}/say", d.say, shapes.Said, asked.SayAsked, status=(202,)),
        Route("GET", "/v1/unknown", d.unknown, shapes.Unknowns, query=("limit",)),
        Route("POST", "/v1/unknown/{address}/adopt", d.adopt, shapes.DeviceSeen, asked.DeviceAsked, status=(201,)),
        Route("DELETE", "/v1/unknown/{address}", d.forget, None, query=("driver",), status=(204,)),
        Route("GET", "/v1/events", h.stream, STREAM, query=("after", "kinds"), headers=("Last-Event-ID",)),
        Route(
            "POST", "/v1/events", h.submit, Submitted, asked.SubmitAsked, status=(201,), headers=("Idempotency-Key",)
        ),
        Route("PUT", "/v1/blob", h.keep_file, shapes.FileKept, BYTES, status=(201,)),
        Route("DELETE", "/v1/blob/{sha256}", h.drop_file, None, status=(204,)),
        Route("POST", "/v1/questions/{query}", h.question, Answer, asked.QuestionAsked),
        Route("GET", "/v1/alarms", h.alarms, shapes.Alarms, query=("before", "limit", "open")),
        Route("GET", "/v1/alarms/{id}", h.alarm, shapes.AlarmSeen),
        Route(
            "POST",
            "/v1/alarms",
            p.press,
            shapes.AlarmSeen,
            asked.AlarmAsked,
            status=(201,),
            headers=("Idempotency-Key",),
        ),
        Route("POST", "/v1/alarms/{id}/fine", p.fine, shapes.AlarmSeen),
        Route("POST", "/v1/alarms/{id}/silence", h.silence, shapes.Silenced),
        Route("GET", "/v1/notices", h.notices, shapes.Notices),
        Route("POST", "/v1/notices/{id}/shown", h.notice_shown, shapes.NoticeShown),
        Route("POST", "/v1/calls/{id}", c.send, None, "application/json", status=(202,)),
        Route("GET", "/v1/calls", c.listen, LINES),
        Route("PUT", "/v1/screen", b.report, None, ScreenState, status=(204,)),
        Route("POST", "/v1/screen/{id}", b.answer, None, ScreenAnswer, status=(204,)),
        Route("GET", "/v1/peripherals", b.look, shapes.PeripheralsSeen),
        Route("PUT", "/v1/light", b.light, None, LightShown, status=(204,)),
        Route("POST", "/v1/print", b.print, None, Slip, status=(204,)),
        Route("GET", "/v1/scans", b.scans, LINES),
        Route("GET", "/v1/kiosk", s.kiosk, KioskBox),
        Route("GET", "/v1/presence", s.presences, shapes.Presences),
        Route("GET", "/v1/presence/{department}", s.presence, shapes.PresenceSeen),
        Route("GET", "/v1/content", s.contents, shapes.Contents),
        Route("GET", "/v1/content/{name}", s.content, ContentSeen),
        Route("GET", "/v1/content/{name}/file", s.content_file, BYTES, query=("file",), status=(200, 206)),
        Route("GET", "/v1/blob/{sha256}", s.blob, BYTES, status=(200, 206), headers=("Range",)),
    ]
