"""What is asked and answered about cases, as OpenAPI describes it. Times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import datetime

from sync.contract.envelope import UNSET, Struct, UnsetType


class CaseRow(Struct, frozen=True, kw_only=True):
    """A case in a list."""

    number: str
    slip: str
    version: int
    step: str
    open: bool
    kind: str
    department: str
    assignee: str
    assignee_name: str
    source: str
    words: str
    place_words: str
    pole: str
    begun_at: datetime
    step_at: datetime
    due_at: datetime
    overdue: bool
    held_until: datetime | None = None
    leader: str = ""
    district_number: str = ""
    district_due: datetime | None = None


class CaseList(Struct, frozen=True):
    """A page of a list; `next` goes into `after` for the next one and is empty at the end."""

    cases: list[CaseRow]
    next: str = ""


class HistoryRow(Struct, frozen=True, kw_only=True):
    """What was done."""

    at: datetime
    actor: str
    name: str
    action: str
    step: str
    department: str
    assignee_name: str
    words: str
    detail: dict[str, object]


class LineStep(Struct, frozen=True):
    """One of the five steps. `state`: done, now, open."""

    step: str
    zh: str
    en: str
    state: str
    at: datetime | None = None


class FileRow(Struct, frozen=True):
    """A picture or a voice note."""

    sha256: str
    kind: str
    type: str


class EvaluationRow(Struct, frozen=True):
    """A resident's word about an answer."""

    round: int
    at: datetime
    stars: int
    solved: bool
    words: str


class ReplyRow(Struct, frozen=True):
    """An answer on its way out."""

    source: str
    made_at: datetime
    tries: int
    sent_at: datetime | None
    given_up_at: datetime | None
    fault: str


class CaseView(CaseRow, frozen=True, kw_only=True):
    """A case whole. `can` are the actions whoever asks may take now."""

    transcript: str
    picture: str
    """Of the camera event it began with; looking at it is put on record."""
    place: str
    community: str
    gateway: str
    alarm: str
    has_phone: bool
    held_reason: str
    result: str
    answer: str
    outcome: str
    round: int
    answered_at: datetime | None
    ended_at: datetime | None
    line: list[LineStep]
    history: list[HistoryRow]
    files: list[FileRow]
    files_awaited: int
    warden: str
    warden_name: str
    evaluations: list[EvaluationRow]
    followers: list[CaseRow]
    same_slip: list[CaseRow]
    replies: list[ReplyRow]
    can: list[str]
    can_correct: bool


class CaseAsked(Struct, frozen=True, kw_only=True):
    """A case typed in by a clerk: what a caller says."""

    words: str
    kind: str = "other"
    source: str = "hotline"
    pole: str = ""
    place: str = ""
    place_words: str = ""
    community: str = ""
    phone: str = ""
    department: str = ""
    files: list[str] = []
    key: str = ""
    """The same key begins one case, however often the form is sent."""
    event: int = 0
    """With `source` camera: the event, as its device's page lists it (`n`), and which device of it."""
    device: str = ""


class Begun(Struct, frozen=True):
    """Its number."""

    number: str
    shown: str


class StepAsked(Struct, frozen=True, kw_only=True):
    """A step. `version` is the one the person sees; `until` belongs to hold, `leader` to merge."""

    action: str
    version: int
    words: str = ""
    department: str = ""
    assignee: str = ""
    until: datetime | None = None
    leader: str = ""


class FilesAsked(Struct, frozen=True):
    """Files that this person brought to `/v1/files`."""

    files: list[str]


class CorrectionAsked(Struct, frozen=True, kw_only=True):
    """What is put right; what is not named stays."""

    version: int
    kind: str | UnsetType = UNSET
    words: str | UnsetType = UNSET
    transcript: str | UnsetType = UNSET
    pole: str | UnsetType = UNSET
    place: str | UnsetType = UNSET
    place_words: str | UnsetType = UNSET
    community: str | UnsetType = UNSET


class Contact(Struct, frozen=True):
    """How to reach who reported it."""

    phone: str


class Named(Struct, frozen=True):
    """An id with its names; of a kind also the department it usually goes to."""

    id: str
    zh: str
    en: str
    department: str = ""


class Colleague(Struct, frozen=True):
    """Somebody a case can be given to."""

    id: str
    name: str
    department: str


class Vocabulary(Struct, frozen=True):
    """Everything a form about cases offers."""

    departments: list[Named]
    kinds: list[Named]
    steps: list[Named]
    people: list[Colleague]


class Tally(Struct, frozen=True):
    """Open cases that need somebody."""

    open: int
    overdue: int
    soon: int
    undispatched: int
