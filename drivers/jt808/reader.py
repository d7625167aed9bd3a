"""What each whole message means: its events, and the answer it is owed.

One method per message. Knows neither frames nor parts; what it remembers of a phone number is in `peer.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.decoder import Known
from drivers.jt808 import messages
from drivers.jt808.batch import records
from drivers.jt808.commands import results
from drivers.jt808.dialect import dialect
from drivers.jt808.enrolment import read_attributes, read_registration
from drivers.jt808.events import SOS, batch_events, live_events, mark_of, repeat_key, status
from drivers.jt808.findings import text
from drivers.jt808.header import Header
from drivers.jt808.lock import read_lock
from drivers.jt808.messages import Down, Result, Up
from drivers.jt808.peer import Peer
from drivers.jt808.position import Clock, Report, read_report
from drivers.jt808.settings import Settings
from drivers.model import Event, Instant, Kind, Note, Scalar, Struct

CONTROLS = "".join(map(chr, range(0x21)))
"""Lengths and line ends around a vendor's text."""

SHORT = Note("position too short for an alarm word")


class Outcome(Struct, frozen=True):
    """What one whole message means. `body`: an answer of its own instead of the general one."""

    events: tuple[Event, ...] = ()
    result: int = Result.OK
    body: tuple[int, bytes] | None = None
    levels: frozenset[str] | None = None
    note: Note | None = None
    login: bool = False
    answered: bool = True


Handler = Callable[[Peer, Header, bytes, Instant], Outcome]


class Reader:
    """Reads messages of terminals with one setting."""

    def __init__(self, settings: Settings, known: Known) -> None:
        self._settings = settings
        self._known = known
        self._clock = Clock.ahead(settings.utc_offset_minutes)
        self._dialect = dialect(settings.model)
        self.handlers: Mapping[int, Handler] = {
            Up.ANSWER: self._answered,
            Up.HEARTBEAT: self._heartbeat,
            Up.LOGOUT: self._accepted,
            Up.TIME: self._time,
            Up.REGISTER: self._register,
            Up.AUTHENTICATE: self._authenticate,
            Up.ATTRIBUTES: self._attributes,
            Up.VENDOR_TIME: self._vendor_time,
            Up.POSITION: self._position,
            Up.LOCATED: self._located,
            Up.VENDOR_BATCH: self._vendor_batch,
            Up.VENDOR_HEARTBEAT: self._accepted,
            Up.BATCH: self._batch,
            Up.TRANSPARENT: self._transparent,
            Up.ZONE: self._accepted,
            Up.LOCK: self._lock,
            Up.LOCK_BLIND: self._lock,
            Up.TEXT: self._text,
            Up.PICTURE: self._unwanted,
        }

    def fragment(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        """The beginning of a message whose rest never came: its alarms count, and it is not answered."""
        if header.msg_id == Up.POSITION:
            outcome = self._position(peer, header, body, at)
        elif header.msg_id == Up.BATCH:
            outcome = self._batch_of(peer, header, body, at, whole=False)
        else:
            return Outcome(answered=False)
        alarms = tuple(event for event in outcome.events if event.kind is Kind.ALARM)
        return Outcome(alarms, levels=outcome.levels, answered=False)

    def first_part(self, peer: Peer, header: Header, body: bytes, at: Instant) -> tuple[Event, ...]:
        """The alarm word stands in the first part; it does not wait for the items in the others."""
        if header.msg_id != Up.POSITION:
            return ()
        report = self._report(body, at)
        if report is None or not report.causes or report.time is None:
            return ()
        key = repeat_key(peer, header, body, report, at)
        return live_events(peer, report, key, frozenset(), sos_edge=self._settings.emergency_clears)

    def _accepted(self, _peer: Peer, _header: Header, _body: bytes, _at: Instant) -> Outcome:
        return Outcome()

    def _unwanted(self, peer: Peer, header: Header, _body: bytes, _at: Instant) -> Outcome:
        return Outcome(note=Note("message of no use here", f"0x{header.msg_id:04X} of {peer.device}"))

    def _answered(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        if len(body) < 5:
            return Outcome(answered=False, note=Note("answer too short"))
        serial, msg_id, result = int.from_bytes(body[:2]), int.from_bytes(body[2:4]), body[4]
        attributes = results(serial, msg_id, result)
        if attributes is None:
            return Outcome(answered=False)
        return Outcome((self._result(peer, header, body, at, attributes),), answered=False)

    def _heartbeat(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        """Empty by the standard; some personal devices add battery(1) | signal(1) | status(1)."""
        if len(body) < 3:
            return Outcome()
        attributes: dict[str, Scalar] = {"batteryLevel": body[0], "rssi": body[1], "status": body[2]}
        return Outcome((status(peer, attributes, repeat_key(peer, header, body, None, at)),))

    def _time(self, _peer: Peer, _header: Header, _body: bytes, at: Instant) -> Outcome:
        return Outcome(body=(Down.TIME, messages.server_time(at.utc)))

    def _vendor_time(self, _peer: Peer, _header: Header, _body: bytes, at: Instant) -> Outcome:
        return Outcome(body=(Down.VENDOR_TIME, messages.vendor_time(at.utc)))

    def _register(self, peer: Peer, header: Header, body: bytes, _at: Instant) -> Outcome:
        known = self._known(peer.device)
        note = None
        if not known:
            told = read_registration(body, header.address.version)
            note = Note("registration of an unknown device", f"{peer.device} {told.maker} {told.model}"[:120])
        refused = not known and not self._settings.register_unknown
        result = messages.NO_SUCH_TERMINAL if refused else Result.OK
        code = self._settings.auth_code or peer.address.phone.hex()
        body = messages.registered(header.serial, result, code)
        return Outcome(body=(Down.REGISTERED, body), note=note, login=not refused)

    def _authenticate(self, _peer: Peer, _header: Header, _body: bytes, _at: Instant) -> Outcome:
        return Outcome(login=True)

    def _attributes(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        attributes = read_attributes(body, header.address.version)
        if not attributes:
            return Outcome()
        return Outcome((status(peer, attributes, repeat_key(peer, header, body, None, at)),))

    def _position(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        report = self._report(body, at)
        return self._live(peer, header, body, report, at)

    def _located(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        outcome = self._live(peer, header, body, self._report(body[2:], at), at)
        attributes = results(int.from_bytes(body[:2]), Down.LOCATE, Result.OK)
        if not outcome.events or attributes is None:
            return outcome
        events = (*outcome.events, self._result(peer, header, body, at, attributes))
        return Outcome(events, levels=outcome.levels)

    def _live(self, peer: Peer, header: Header, body: bytes, report: Report | None, at: Instant) -> Outcome:
        if report is None:
            return Outcome(result=Result.WRONG, note=SHORT)
        mark = mark_of(header, body)
        before, repeated = peer.before(mark, stored=False)
        causes = frozenset(report.causes)
        if not repeated:
            peer.observe(header.serial, report.time, causes)
        edge = self._settings.emergency_clears
        looked_at = SOS in causes and peer.told(mark, header.serial, rising=SOS not in before, edge=edge)
        result = Result.ALARM_CONFIRMED if looked_at and (repeated or causes <= before) else Result.OK
        key = repeat_key(peer, header, body, report, at)
        return Outcome(live_events(peer, report, key, before, sos_edge=edge), result=result, levels=peer.causes)

    def _batch(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        return self._batch_of(peer, header, body, at, whole=True)

    def _batch_of(self, peer: Peer, header: Header, body: bytes, at: Instant, *, whole: bool) -> Outcome:
        if len(body) < 3:
            return Outcome(result=Result.WRONG, note=SHORT)
        return self._reports(peer, header, body, records(body[3:], 2, cut=whole), at, stored=body[2] != 0)

    def _vendor_batch(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        """N positions; of seven bytes it is battery(1) | time BCD[6]."""
        if len(body) != 7:
            return self._reports(peer, header, body, records(body, 1), at, stored=False)
        key = repeat_key(peer, header, body, None, at)
        return Outcome((status(peer, {"batteryLevel": body[0]}, key, self._report(bytes(22) + body[1:], at)),))

    def _reports(
        self, peer: Peer, header: Header, body: bytes, found: list[bytes], at: Instant, *, stored: bool
    ) -> Outcome:
        read = [(record, report) for record in found if (report := self._report(record, at)) is not None]
        if not read:
            return Outcome(result=Result.WRONG, note=SHORT)
        keys = [repeat_key(peer, header, record, report, at, index) for index, (record, report) in enumerate(read)]
        reports = [report for _, report in read]
        before, repeated = peer.before(mark_of(header, body), stored=stored)
        events, after = batch_events(peer, reports, keys, before, stored=stored)
        if stored:
            if not repeated:
                peer.stored_causes = after
            return Outcome(events)
        if not repeated:
            peer.observe(header.serial, reports[-1].time, after)
        return Outcome(events, levels=peer.causes)

    def _transparent(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        """Type(1) and whatever the vendor likes. Type 0x40 is a line of text; `GTSL|..` carries a driver's card."""
        words = text(body[1:]).strip(CONTROLS)
        if body[:1] != b"\x40" or not words:
            kind = f"type 0x{body[0]:02X} of {peer.device}" if body else peer.device
            return Outcome(note=Note("transparent data of a type that is not read", kind))
        fields = words.split("|")
        attributes: dict[str, Scalar] = {"data": words}
        if fields[0] == "GTSL" and len(fields) > 4:
            attributes = {"driverUniqueId": fields[4]}
        return Outcome((status(peer, attributes, repeat_key(peer, header, body, None, at)),))

    def _text(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        """A vendor's answer to a text command: encoding(1) | GBK."""
        attributes: dict[str, Scalar] = {"result": text(body[1:])}
        return Outcome((self._result(peer, header, body, at, attributes),))

    def _lock(self, peer: Peer, header: Header, body: bytes, at: Instant) -> Outcome:
        report = read_lock(body, at.utc, fix=header.msg_id == Up.LOCK)
        ok = header.msg_id.to_bytes(2) + bytes((Result.OK,))
        if report is None:
            return Outcome(answered=False, note=SHORT)
        outcome = self._live(peer, header, body, report, at)
        return Outcome(outcome.events, body=(Down.LOCK_ANSWER, ok), levels=outcome.levels)

    def _report(self, body: bytes, at: Instant) -> Report | None:
        return read_report(body, self._clock, self._dialect, at.utc)

    def _result(self, peer: Peer, header: Header, body: bytes, at: Instant, attributes: dict[str, Scalar]) -> Event:
        key = repeat_key(peer, header, body, None, at)
        return Event(kind=Kind.RESULT, device=peer.device, attributes=attributes, repeat=key)
