"""One conversation with JT/T 808 terminals: frames in, events and owed answers out.

    connect -> (register once) -> authenticate -> anything else; heartbeat at the set interval

Every terminal message wants an answer, in its own edition and with its own phone digits; what the terminal
answers to us (0x0001) wants none. A wrong check byte gives neither event nor answer. Nothing depends on
registration or authentication: an SOS of a stranger is an SOS. Answers to the parts of a sub-packaged message
go out together with the answer to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from drivers.decoder import Known
from drivers.jt808 import messages
from drivers.jt808.commands import put
from drivers.jt808.frame import STANDARD, VARIANT, Cutter, Framing
from drivers.jt808.header import Address, Header, build, canonical, parse
from drivers.jt808.messages import Down, Result
from drivers.jt808.parts import Finished, Gathering, Parts
from drivers.jt808.peer import Peer
from drivers.jt808.reader import Outcome, Reader
from drivers.jt808.settings import Settings
from drivers.model import Command, Heard, Instant, Note, Refused

MAX_PEERS = 64
"""Phone numbers one connection is remembered for; the one not heard longest gives way."""


class Jt808Decoder:
    """Implements `drivers.decoder.Decoder[bytes]`."""

    def __init__(self, settings: Settings, known: Known) -> None:
        self._reader = Reader(settings, known)
        self._cutters = {STANDARD: Cutter(STANDARD.flag), VARIANT: Cutter(VARIANT.flag)}
        self._framing = STANDARD
        self._peers: dict[Address, Peer] = {}
        self._parts = Parts(settings.part_wait_s, settings.part_asks)
        self._finished = Finished()
        self._serial = 0

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """See `Decoder.feed`. Until the first good frame both kinds of flag are tried."""
        heard: list[Heard] = []
        bad = 0
        for framing, cutter in tuple(self._cutters.items()):
            for between in cutter.feed(data):
                content = framing.unwrap(between)
                parsed = parse(content, framing) if content is not None else None
                if parsed is None:
                    bad += framing is self._framing
                elif framing in self._cutters:
                    heard += self._message(*parsed, framing, at)
        if bad:
            heard.append(Heard(note=Note("wrong check byte", f"{bad} frames")))
        return heard

    def tick(self, at: Instant) -> list[Heard]:
        """Ask for parts that did not come, or give their message up: then its alarms count all the same."""
        return [
            self._ask_again(gathering) if again else self._give_up(gathering, at, "parts missing, given up")
            for gathering, again in self._parts.overdue(at.monotonic_s)
        ]

    def due(self) -> float | None:
        """See `Decoder.due`."""
        return self._parts.due()

    def say(self, command: Command, at: Instant) -> bytes | Refused:
        """See `Decoder.say`."""
        del at
        device = canonical(command.device)
        peer = next((peer for peer in reversed(self._peers.values()) if peer.device == device), None)
        if peer is None:
            return Refused(f"{device} has not spoken on this connection yet")
        order = put(command, peer)
        return order if isinstance(order, Refused) else self._send(peer.address, *order)

    def _message(self, header: Header, body: bytes, framing: Framing, at: Instant) -> list[Heard]:
        handler = self._reader.handlers.get(header.msg_id)
        if handler is None and not header.length_ok:
            return [Heard(note=Note("unknown message with a wrong length"))]
        if handler is not None and header.length_ok:
            self._settle_on(framing)
        peer = self._peer(header.address)
        if header.encrypted or handler is None:
            return [self._unsupported(peer, header)]
        if header.total == 1:
            return [self._heard(peer, header, handler(peer, header, body, at), (header.serial,))]
        return self._part(peer, header, body, at)

    def _settle_on(self, framing: Framing) -> None:
        if len(self._cutters) > 1:
            self._framing = framing
            self._cutters = {framing: self._cutters[framing]}

    def _peer(self, address: Address) -> Peer:
        peer = self._peers.pop(address, None) or Peer(address)
        self._peers[address] = peer
        if len(self._peers) > MAX_PEERS:
            del self._peers[next(iter(self._peers))]
        return peer

    def _heard(self, peer: Peer, header: Header, outcome: Outcome, serials: Iterable[int]) -> Heard:
        return Heard(
            events=outcome.events,
            reply=self._replies(peer, header, outcome, serials) if outcome.answered else b"",
            device=peer.device,
            levels=outcome.levels,
            note=outcome.note,
            login=outcome.login,
        )

    def _replies(self, peer: Peer, header: Header, outcome: Outcome, serials: Iterable[int]) -> bytes:
        if outcome.body is not None:
            return self._send(peer.address, *outcome.body)
        return b"".join(
            self._send(peer.address, Down.ANSWER, messages.answer(serial, header.msg_id, outcome.result))
            for serial in serials
        )

    def _send(self, address: Address, msg_id: int, body: bytes) -> bytes:
        content = build(msg_id, address, self._serial, body)
        self._serial = (self._serial + 1) & 0xFFFF
        return self._framing.wrap(content)

    def _unsupported(self, peer: Peer, header: Header) -> Heard:
        reason = "encrypted message" if header.encrypted else "unsupported message"
        note = Note(reason, f"0x{header.msg_id:04X} of {peer.device}")
        outcome = Outcome(result=Result.UNSUPPORTED, note=note)
        return self._heard(peer, header, outcome, (header.serial,))

    def _part(self, peer: Peer, header: Header, body: bytes, at: Instant) -> list[Heard]:
        if not 1 <= header.index <= header.total:
            outcome = Outcome(result=Result.WRONG, note=Note("part with an impossible number"))
            return [self._heard(peer, header, outcome, (header.serial,))]
        told = self._finished.find(header, body)
        if told is not None:
            return [self._heard(peer, header, Outcome(told), (header.serial,))]
        gathering = self._parts.add(header, body, at.monotonic_s)
        heard = [self._give_up(lost, at, "sub-packaged message gave way to others") for lost in self._parts.dropped]
        self._parts.dropped.clear()
        if gathering is None:
            events = self._reader.first_part(peer, header, body, at) if header.index == 1 else ()
            return [*heard, Heard(events=events, device=peer.device)]
        whole = gathering.header
        outcome = self._reader.handlers[whole.msg_id](peer, whole, gathering.body, at)
        self._finished.add(gathering, outcome.events)
        return [*heard, self._heard(peer, whole, outcome, gathering.serials)]

    def _ask_again(self, gathering: Gathering) -> Heard:
        version = gathering.address.version
        missing = gathering.missing(messages.most_indexes(version))
        reply = self._send(gathering.address, Down.RESEND, messages.resend(gathering.first, missing, version))
        return Heard(reply=reply, device=gathering.address.device)

    def _give_up(self, gathering: Gathering, at: Instant, reason: str) -> Heard:
        """Nothing is answered, so the terminal keeps it; but alarms in what did come are raised."""
        peer = self._peer(gathering.address)
        header = gathering.header
        outcome = self._reader.fragment(peer, header, gathering.body, at) if 1 in gathering.parts else Outcome()
        note = Note(reason, f"0x{header.msg_id:04X} of {peer.device}")
        return Heard(events=outcome.events, device=peer.device, levels=outcome.levels, note=note)
