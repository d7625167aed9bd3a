"""Cases at the desk: lists, one case, typing one in, stepping it on. Each route is bound to what its person may see."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.cases import book, camera, lists, views
from office.desk.cases.moves import MOST_WORDS, Move, get
from office.desk.cases.shapes import (
    Begun,
    CaseAsked,
    CaseList,
    CaseView,
    Contact,
    CorrectionAsked,
    FilesAsked,
    StepAsked,
    Tally,
    Vocabulary,
)
from office.desk.cases.steps import Action
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract import case_number
from sync.contract.envelope import UNSET

SEE, WORK = Permission.CASES_SEE, Permission.CASES_WORK
SOON_MS = 24 * 3600 * 1000
TYPED = (book.Source.HOTLINE, book.Source.WEIBO, book.Source.WECHAT, book.Source.WEISHI)
"""What a clerk types or pastes in."""
FILTERS = ("view", "department", "kind", "step", "mine", "overdue", "text", "after", "limit")


class DeskDoors:
    """The routes of clerks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """Static paths first: the router takes the first that fits."""
        return (
            Door("GET", "/v1/cases", self.list, SEE, "Cases", answers=CaseList, query=FILTERS),
            Door("POST", "/v1/cases", self.begin, WORK, "Type a case in", asks=CaseAsked, answers=Begun, status=201),
            Door("GET", "/v1/cases/vocabulary", self.vocabulary, SEE, "Kinds, departments, people", answers=Vocabulary),
            Door("GET", "/v1/cases/tally", self.tally, SEE, "How many need somebody", answers=Tally),
            Door("GET", "/v1/cases/{number}", self.one, SEE, "One case", answers=CaseView),
            Door("PUT", "/v1/cases/{number}", self.correct, WORK, "Put right", asks=CorrectionAsked, answers=CaseView),
            Door("POST", "/v1/cases/{number}/steps", self.step, SEE, "Step it on", asks=StepAsked, answers=CaseView),
            Door("POST", "/v1/cases/{number}/files", self.attach, SEE, "Add files", asks=FilesAsked, answers=CaseView),
            Door("POST", "/v1/cases/{number}/contact", self.contact, WORK, "Telephone, noted", answers=Contact),
        )

    async def list(self, visit: Visit) -> Reply:
        """`view` is open (by deadline) or all (newest first)."""
        query, who, now = visit.ask.query, visit.who, self._desk.now()
        wanted = lists.Wanted(
            only_open=query.get("view", "open") != "all",
            department=scope(who) or query.get("department", ""),
            kind=query.get("kind", ""),
            step=query.get("step", ""),
            assignee=who.id if query.get("mine") == "1" else "",
            overdue_at=now if query.get("overdue") == "1" else None,
            text=query.get("text", "").strip(),
            after=query.get("after", ""),
            limit=max(1, visit.ask.number("limit", 50, most=lists.MOST) or 50),
        )

        def look(conn: sqlite3.Connection) -> CaseList:
            found = lists.find(conn, wanted)
            return CaseList(views.rows(conn, found.rows, now), found.next)

        return said(await self._desk.look(look))

    async def begin(self, visit: Visit) -> Reply:
        """What a caller says, typed in: it waits for its department at once."""
        form, who, at = await visit.asked(CaseAsked), visit.who, self._desk.now()
        new = _typed(form, who)
        if new.source is book.Source.CAMERA:
            new = await self._desk.look(partial(camera.begun, new=new, n=form.event, device=form.device))

        def begin(conn: sqlite3.Connection) -> str:
            if form.department:
                get_department(conn, form.department)
            return book.begin(conn, at, new, self._desk.vault)

        number = await self._desk.change(begin)
        return said(Begun(number, case_number.shown(number)), 201)

    async def vocabulary(self, _: Visit) -> Reply:
        """For forms and filters."""
        return said(await self._desk.look(views.vocabulary))

    async def tally(self, visit: Visit) -> Reply:
        """For the badges."""
        now = self._desk.now()
        look = partial(views.tally, department=scope(visit.who), now=now, soon=now + SOON_MS)
        return said(await self._desk.look(look))

    async def one(self, visit: Visit) -> Reply:
        """Everything about it that this person may see."""
        return said(await self._view(numbered(visit), visit.who))

    async def step(self, visit: Visit) -> Reply:
        """Compare and set: 409 names who was first. Who may do what is in `steps.RULES`."""
        asked, who, at, number = await visit.asked(StepAsked), visit.who, self._desk.now(), numbered(visit)
        try:
            action = Action(asked.action)
        except ValueError:
            raise Mistake("没有这种操作", f"there is no action {asked.action[:40]!r}", field="action") from None
        until = None if asked.until is None else int(asked.until.timestamp() * 1000)
        move = Move(action, asked.words, asked.department, asked.assignee, until, asked.leader)

        def change(conn: sqlite3.Connection) -> None:
            seen(conn, number, who)
            book.step(conn, at, number, asked.version, move, who)

        await self._desk.change(change)
        return said(await self._view(number, who))

    async def correct(self, visit: Visit) -> Reply:
        """Kind, words, transcript, place."""
        asked, who, at, number = await visit.asked(CorrectionAsked), visit.who, self._desk.now(), numbered(visit)
        named = {name: getattr(asked, name) for name in book.Correction.__slots__}
        correction = book.Correction(**{name: None if value is UNSET else value for name, value in named.items()})

        def change(conn: sqlite3.Connection) -> None:
            seen(conn, number, who)
            book.correct(conn, at, number, asked.version, correction, who)

        await self._desk.change(change)
        return said(await self._view(number, who))

    async def attach(self, visit: Visit) -> Reply:
        """Pictures and sound, by who may add a note."""
        asked, who, at, number = await visit.asked(FilesAsked), visit.who, self._desk.now(), numbered(visit)

        def change(conn: sqlite3.Connection) -> None:
            seen(conn, number, who)
            book.add_files(conn, at, number, asked.files, who)

        await self._desk.change(change)
        return said(await self._view(number, who))

    async def contact(self, visit: Visit) -> Reply:
        """The telephone number of who reported it. A POST, because each look is noted."""
        who, at, number = visit.who, self._desk.now(), numbered(visit)

        def look(conn: sqlite3.Connection) -> str:
            case = seen(conn, number, who)
            audit.note(conn, at, who.id, "case.contact", number)
            return str(case["phone"])

        sealed = await self._desk.change(look)
        return said(Contact(self._desk.vault.open(sealed, book.phone_of(number))))

    async def _view(self, number: str, who: Person) -> CaseView:
        return await self._desk.look(partial(views.view, number=number, who=who, now=self._desk.now()))


def numbered(visit: Visit) -> str:
    """The case number in the path. Raises Mistake 404."""
    number = case_number.check(visit.name("number"))
    if number is None:
        raise missing("案件,请核对编号", "case; check the number")
    return number


def scope(who: Person) -> str:
    """The one department whose cases this person sees, or nothing for all of them."""
    everywhere = {Permission.CASES_LEAD, Permission.AUDIT_SEE} & who.may
    return "" if everywhere else who.department or "-"


def seen(conn: sqlite3.Connection, number: str, who: Person) -> sqlite3.Row:
    """The case, for who may see it. Raises Mistake 404."""
    case = get(conn, number)
    if not views.visible(case, who):
        raise missing("案件", "case")
    return case


def get_department(conn: sqlite3.Connection, department: str) -> None:
    """Raises Mistake when there is none of that id."""
    if not conn.execute("SELECT 1 FROM departments WHERE id=? AND active=1", (department,)).fetchone():
        raise Mistake("请选择科室", "choose a department", field="department")


def _typed(form: CaseAsked, who: Person) -> book.NewCase:
    if form.source not in TYPED and form.source != book.Source.CAMERA:
        raise Mistake("请选择来源", "choose where it came from", field="source")
    if not form.words.strip():
        raise Mistake("请写下反映的内容", "write what was reported", field="words")
    if len(form.words) > MOST_WORDS:
        raise Mistake(f"内容最多 {MOST_WORDS} 字", f"at most {MOST_WORDS} characters", field="words")
    if form.phone and not plausible(form.phone):
        raise Mistake("电话号码只能有数字、空格、加号和短横线", "digits, spaces, + and - only", field="phone")
    return book.NewCase(
        source=book.Source(form.source),
        source_ref=f"{who.id}:{form.key[:64]}" if form.key else "",
        words=form.words,
        kind=form.kind,
        by=who.id,
        department=form.department,
        pole=form.pole.strip(),
        place=form.place,
        place_words=form.place_words.strip(),
        community=form.community.strip(),
        phone=form.phone,
        files=form.files,
        accepted=True,
    )


def plausible(phone: str) -> bool:
    """Whether that may be a telephone number."""
    digits = sum(sign.isdigit() for sign in phone)
    return phone.isascii() and 3 <= digits <= 20 and not set(phone) - set("0123456789+- ()")
