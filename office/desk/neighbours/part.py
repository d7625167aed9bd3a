"""The routes of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from office.desk.content import live_items
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.neighbours import grades, joining, proposals, votes
from office.desk.neighbours.grades import GradeAsked
from office.desk.neighbours.joining import SignupSeen
from office.desk.neighbours.proposals import ProposalSeen, PublishAsked
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.submissions import Submissions
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.services import POLLS, Poll

STATES = ("", "new", "published", "refused")


class PhoneSeen(Struct, frozen=True):
    """To call."""

    phone: str


class NoteAsked(Struct, frozen=True):
    """Why."""

    note: str


class Made(Struct, frozen=True):
    """The draft that came of it."""

    activity: str


class Graded(Struct, frozen=True):
    """The draft's version."""

    v: int


class VotesSeen(Struct, frozen=True):
    """Answers and how often each was given."""

    answers: list[str]
    counts: list[int]
    ends: str


class Neighbours(Part):
    """See the package."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        vault, take = desk.vault, desk.part(Submissions).take
        take(joining.KIND, lambda conn, at, sent: joining.take(conn, at, sent, vault), self._told)
        take(proposals.KIND, lambda conn, at, sent: proposals.take(conn, at, sent, vault), self._told)
        take(votes.KIND, votes.take)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may, signup, proposal = Permission.CONTENT_EDIT, "/v1/signups/{id}", "/v1/proposals/{id}"
        page = ("state", "before", "limit")
        return (
            Door("GET", "/v1/signups/{id}", self.signups, may, "Who joined an activity", answers=list[SignupSeen]),
            Door("POST", f"{signup}/phone", self.signup_phone, may, "Telephone, recorded", answers=PhoneSeen),
            Door("POST", f"{signup}/cancel", self.cancel, may, "Cancel a sign-up", status=204),
            Door("GET", "/v1/proposals", self.listed, may, "Proposals", answers=list[ProposalSeen], query=page),
            Door("POST", f"{proposal}/phone", self.proposal_phone, may, "Telephone, recorded", answers=PhoneSeen),
            Door("POST", f"{proposal}/publish", self.publish, may, "Approve", asks=PublishAsked, answers=Made),
            Door("POST", f"{proposal}/refuse", self.refuse, may, "Refuse", asks=NoteAsked, status=204),
            Door("GET", "/v1/votes/{poll}", self.votes, may, "Answers to a poll", answers=VotesSeen),
            Door("POST", "/v1/merchants/{id}/grade", self.grade, may, "Move a grade", asks=GradeAsked, answers=Graded),
        )

    async def signups(self, visit: Visit) -> Reply:
        """In their order; whoever is beyond the places waits."""
        return said(await self.desk.look(partial(joining.listed, vault=self.desk.vault, activity=visit.name("id"))))

    async def signup_phone(self, visit: Visit) -> Reply:
        """Who looked stands in the audit log."""
        at, actor = self.desk.now(), visit.who.id
        look = partial(joining.phone, at=at, actor=actor, signup=visit.name("id"), vault=self.desk.vault)
        return said(PhoneSeen(await self.desk.change(look)))

    async def cancel(self, visit: Visit) -> Reply:
        """The next in line moves up."""
        at, actor = self.desk.now(), visit.who.id
        await self.desk.change(partial(joining.cancel, at=at, actor=actor, signup=visit.name("id")))
        self._told()
        return Reply(204)

    async def listed(self, visit: Visit) -> Reply:
        """Newest first."""
        ask, state = visit.ask, visit.ask.query.get("state", "")
        if state not in STATES:
            raise Mistake("没有这种状态", "no such state", field="state")
        before, limit = ask.number("before", 0) or 0, ask.number("limit", 50, most=200) or 50
        look = partial(proposals.listed, vault=self.desk.vault, state=state, before=before, limit=limit)
        return said(await self.desk.look(look))

    async def proposal_phone(self, visit: Visit) -> Reply:
        """Who looked stands in the audit log."""
        at, actor = self.desk.now(), visit.who.id
        look = partial(proposals.phone, at=at, actor=actor, proposal=visit.name("id"), vault=self.desk.vault)
        return said(PhoneSeen(await self.desk.change(look)))

    async def publish(self, visit: Visit) -> Reply:
        """A draft that the next version shows."""
        asked, at, actor = await visit.asked(PublishAsked), self.desk.now(), visit.who.id
        work = partial(proposals.publish, at=at, actor=actor, proposal=visit.name("id"), asked=asked)
        made = await self.desk.change(work)
        self._told()
        return said(Made(made))

    async def refuse(self, visit: Visit) -> Reply:
        """With a reason."""
        asked, at, actor = await visit.asked(NoteAsked), self.desk.now(), visit.who.id
        work = partial(proposals.refuse, at=at, actor=actor, proposal=visit.name("id"), note=asked.note)
        await self.desk.change(work)
        self._told()
        return Reply(204)

    async def votes(self, visit: Visit) -> Reply:
        """Of a poll in force."""
        polls = await self.desk.look(partial(live_items.of, file=POLLS, shape=Poll))
        poll = next((one for one in polls if one.id == visit.name("poll")), None)
        if poll is None:
            raise missing("调查", "poll")
        counts = await self.desk.look(partial(votes.counts, poll=poll.id, answers=len(poll.answers)))
        return said(VotesSeen([answer.zh for answer in poll.answers], counts, poll.ends))

    async def grade(self, visit: Visit) -> Reply:
        """Shown with the next version."""
        asked, at, actor = await visit.asked(GradeAsked), self.desk.now(), visit.who.id
        work = partial(grades.move, at=at, actor=actor, merchant=visit.name("id"), asked=asked)
        return said(Graded(await self.desk.change(work)))

    def _told(self) -> None:
        self.desk.live.tell("neighbours", {}, may=Permission.CONTENT_EDIT)
