"""The register's doors: looking, editing one row, and what is sealed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar

from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.register import book, fields, look, views
from office.desk.register.fields import EMPTY, Image
from office.desk.register.look import Card, Contact, Found, Pole, Secrets, Spot
from office.desk.register.takeover import Takeover
from office.desk.register.views import DeviceAt, HouseholdView, PersonRow, PersonView, PlaceRow, PlaceView, PoleView
from office.web import Reply, said
from sync.contract.envelope import Struct

T = TypeVar("T")

PAGE = 50
SEE, EDIT, SECRETS = Permission.REGISTER_SEE, Permission.REGISTER_EDIT, Permission.REGISTER_SECRETS


class Persons(Struct, frozen=True):
    """A page of people; `next` goes into `after`, 0 at the end."""

    rows: list[PersonRow]
    next: int = 0


class Places(Struct, frozen=True):
    """A page of places."""

    rows: list[PlaceRow]
    next: int = 0


class Poles(Struct, frozen=True):
    """A page of poles."""

    rows: list[Pole]
    next: int = 0


class Devices(Struct, frozen=True):
    """A page of devices."""

    rows: list[DeviceAt]
    next: int = 0


class RowAsked(Struct, frozen=True):
    """A row as a form sends it: texts by field, empty where nothing is. `v` 0 makes a new one.

    `accept` names what may collide because it is meant: `phone`, `room`, `ref`, `pole`.
    """

    fields: dict[str, str]
    v: int = 0
    accept: list[str] = []


class RowSaved(Struct, frozen=True):
    """Under which key it stands now."""

    key: str
    v: int


class SecretsAsked(Struct, frozen=True):
    """Notes and contacts as they shall be."""

    v: int
    notes: str = ""
    contacts: list[Contact] = []


class Register(Part):
    """People, households, places, poles, and whose a device is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.subjects = book.subjects(desk.vault)
        self._takeover = Takeover(desk)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        base = "/v1/register"
        paging = ("text", "after", "limit")
        return (
            Door("GET", f"{base}/persons", self.persons, SEE, "People", answers=Persons, query=(*paging, "tag")),
            Door("GET", f"{base}/persons/{{ref}}", self.person, SEE, "A person's card", answers=PersonView),
            Door(
                "POST",
                f"{base}/persons/{{ref}}/secrets",
                self.secrets,
                SECRETS,
                "Read notes and contacts; noted",
                answers=Secrets,
            ),
            Door(
                "PUT",
                f"{base}/persons/{{ref}}/secrets",
                self.keep_secrets,
                SECRETS,
                "Change notes and contacts",
                asks=SecretsAsked,
                answers=RowSaved,
            ),
            Door("GET", f"{base}/households/{{ref}}", self.household, SEE, "A household", answers=HouseholdView),
            Door(
                "GET", f"{base}/places", self.places, SEE, "Places", answers=Places, query=("parent", "after", "limit")
            ),
            Door("GET", f"{base}/places/{{place}}", self.place, SEE, "A place", answers=PlaceView),
            Door("GET", f"{base}/poles", self.poles, SEE, "Poles", answers=Poles, query=("after", "limit", "plate")),
            Door("GET", f"{base}/poles/{{number}}", self.pole, SEE, "A pole", answers=PoleView),
            Door(
                "GET",
                f"{base}/near",
                self.near,
                SEE,
                "The poles nearest to a point",
                answers=list[Pole],
                query=("lat", "lon", "datum"),
            ),
            Door(
                "GET",
                f"{base}/find",
                self.find,
                SEE,
                "Poles and places by what stands nearby",
                answers=list[Found],
                query=("text", "limit"),
            ),
            Door(
                "GET",
                f"{base}/devices",
                self.devices,
                SEE,
                "Whose devices are",
                answers=Devices,
                query=("after", "limit"),
            ),
            Door(
                "GET",
                f"{base}/card/{{gateway}}/{{device}}",
                self.card,
                SEE,
                "Whose device it is and where",
                answers=Card,
            ),
            Door(
                "POST",
                f"{base}/rows/{{subject}}",
                self.save,
                EDIT,
                "Make or change a row of persons, places, poles or devices",
                asks=RowAsked,
                answers=RowSaved,
            ),
        )

    async def run(self) -> None:
        """See `Part`: what gateways say of their devices."""
        await self._takeover.run()

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """See `Part`."""
        await self._takeover.of_alarms(alarms)

    async def persons(self, visit: Visit) -> Reply:
        """With `text` the best, else page by page."""
        text, limit = _text(visit), _limit(visit)
        if text:
            return said(Persons(await self.desk.look(partial(views.found_persons, text=text, limit=limit))))
        tag = visit.ask.query.get("tag", "")[:40]
        rows = await self.desk.look(partial(views.persons, after=_after(visit), limit=limit, tag=tag))
        return said(Persons(rows, rows[-1].n if len(rows) == limit else 0))

    async def person(self, visit: Visit) -> Reply:
        """One card."""
        return said(_there(await self.desk.look(partial(views.person, ref=visit.name("ref"))), "居民", "person"))

    async def secrets(self, visit: Visit) -> Reply:
        """Opened only together with the note of who looked."""
        ref, who, at = visit.name("ref"), visit.who, self.desk.now()
        _there(await self.desk.look(partial(views.person, ref=ref)), "居民", "person")
        await self.desk.change(lambda conn: audit.note(conn, at, who.id, "register.secrets.seen", ref))
        return said(await self.desk.look(partial(look.secrets, vault=self.desk.vault, person=ref)))

    async def keep_secrets(self, visit: Visit) -> Reply:
        """Compare and set, as every row."""
        wanted, ref, who, at = await visit.asked(SecretsAsked), visit.name("ref"), visit.who, self.desk.now()
        given = _secrets(wanted)

        def work(conn: sqlite3.Connection) -> tuple[str, int]:
            return book.save(conn, self.subjects["persons"], at, who.id, {"resident": ref, **given}, wanted.v)

        return said(RowSaved(*await self.desk.change(work)))

    async def household(self, visit: Visit) -> Reply:
        """One household."""
        return said(_there(await self.desk.look(partial(views.household, ref=visit.name("ref"))), "户", "household"))

    async def places(self, visit: Visit) -> Reply:
        """What lies in `parent`."""
        parent, limit = visit.ask.query.get("parent", "")[:40], _limit(visit)
        rows = await self.desk.look(partial(views.places, parent=parent, after=_after(visit), limit=limit))
        return said(Places(rows, rows[-1].n if len(rows) == limit else 0))

    async def place(self, visit: Visit) -> Reply:
        """One place."""
        return said(_there(await self.desk.look(partial(views.place, place_id=visit.name("place"))), "地点", "place"))

    async def poles(self, visit: Visit) -> Reply:
        """Page by page; `plate` for those without a good plate."""
        limit, plate = _limit(visit), visit.ask.query.get("plate", "")[:20]
        rows = await self.desk.look(partial(views.poles, after=_after(visit), limit=limit, plate=plate))
        return said(Poles([pole for _, pole in rows], rows[-1][0] if len(rows) == limit else 0))

    async def pole(self, visit: Visit) -> Reply:
        """One pole."""
        return said(_there(await self.desk.look(partial(views.pole, number=visit.name("number"))), "杆", "pole"))

    async def near(self, visit: Visit) -> Reply:
        """The nearest five."""
        spot = _spot(visit)
        return said(await self.desk.look(partial(look.near_poles, spot=spot)))

    async def find(self, visit: Visit) -> Reply:
        """Best first."""
        query = partial(look.find_places, text=_text(visit), limit=_limit(visit))
        return said(await self.desk.look(query))

    async def devices(self, visit: Visit) -> Reply:
        """All of them."""
        limit = _limit(visit)
        rows = await self.desk.look(partial(views.devices, after=_after(visit), limit=limit))
        return said(Devices(rows, rows[-1].n if len(rows) == limit else 0))

    async def card(self, visit: Visit) -> Reply:
        """As an alarm shows it."""
        query = partial(look.card, gateway=visit.name("gateway"), device=visit.name("device"))
        return said(_there(await self.desk.look(query), "设备登记", "device in the register"))

    async def save(self, visit: Visit) -> Reply:
        """One row; 409 with `clash:KIND` when it collides and nobody said that it is meant."""
        subject = self.subjects.get(visit.name("subject"))
        if subject is None:
            raise missing("登记种类", "kind of row")
        wanted, who, at = await visit.asked(RowAsked), visit.who, self.desk.now()
        given = _given(subject.fields, wanted.fields)

        def work(conn: sqlite3.Connection) -> tuple[str, int]:
            return book.save(conn, subject, at, who.id, dict(given), wanted.v, wanted.accept)

        key, v = await self.desk.change(work)
        self.desk.live.tell("register", {"subject": subject.name}, may=SEE)
        return said(RowSaved(key, v))


def _given(known: Mapping[str, fields.Field], texts: Mapping[str, str]) -> Image:
    """A form's texts as values. Raises Mistake beside the first field that is wrong."""
    for name in texts:
        if name not in known or known[name].sealed:
            raise Mistake(f"没有“{name[:40]}”这一项", f"there is no field {name[:40]!r}", 400, name[:40])
    image, wrong = fields.read_all(known, {name: text.strip() or EMPTY[0] for name, text in texts.items()})
    for name, error in wrong:
        raise Mistake(f"{known[name].zh}:{error.zh}", f"{name}: {error.en}", 400, name)
    return image


def _secrets(wanted: SecretsAsked) -> Image:
    try:
        fields.words(4000)(wanted.notes)
    except fields.Wrong as error:
        raise Mistake(f"备注:{error.zh}", f"notes: {error.en}", 400, "notes") from None
    contacts = []
    for each in wanted.contacts[:8]:
        try:
            phone = fields.phone(each.phone)
            name, relation = fields.words(40)(each.name), fields.words(40)(each.relation)
        except fields.Wrong as error:
            raise Mistake(f"联系人:{error.zh}", f"contacts: {error.en}", 400, "contacts") from None
        contacts.append({"name": name, "phone": phone, "relation": relation})
    return {"notes": wanted.notes.strip(), "contacts": json.dumps(contacts, ensure_ascii=False) if contacts else ""}


def _there(view: T | None, zh: str, en: str) -> T:
    if view is None:
        raise missing(zh, en)
    return view


def _text(visit: Visit) -> str:
    return visit.ask.query.get("text", "").strip()[:100]


def _after(visit: Visit) -> int:
    return visit.ask.number("after", 0) or 0


def _limit(visit: Visit) -> int:
    return visit.ask.number("limit", PAGE, most=200) or PAGE


def _spot(visit: Visit) -> Spot:
    query = visit.ask.query
    try:
        lat, lon = fields.degrees(90)(query.get("lat", "")), fields.degrees(180)(query.get("lon", ""))
        datum = fields.datum(query.get("datum") or "WGS-84")
    except fields.Wrong as error:
        raise Mistake(f"坐标:{error.zh}", f"coordinates: {error.en}") from None
    assert isinstance(lat, float)
    assert isinstance(lon, float)
    return Spot(lat=lat, lon=lon, datum=str(datum))
