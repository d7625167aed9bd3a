"""Phoning out by text message over a GSM modem on a serial line (3GPP TS 27.005, AT commands in PDU mode).

    ATE0        OK                       no echo
    AT+CMGF=0   OK                       PDU mode
    AT+CMGS=n   "> "   PDU, Ctrl-Z       +CMGS: <reference>, OK   |   +CMS ERROR: <code>

The serial line is behind `ModemLine`; `FakeModem` is a modem in memory that speaks the same. Not tried on a real one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Protocol

from office.desk.outcall import OutcallError
from office.desk.sms_pdu import Pdu, submits

CTRL_Z = b"\x1a"
ESCAPE = b"\x1b"
ANSWER_S = 5.0
SENT_S = 40.0
"""A network may take long to accept a message."""

_END = re.compile(rb"(?:^|\r\n)(OK|ERROR|\+CM[ES] ERROR: ?[^\r\n]*)\r\n")
_PROMPT = re.compile(rb"> $")


class ModemLine(Protocol):
    """A serial line. Blocking; called on a thread."""

    def write(self, data: bytes) -> None:
        """All of it. Raises OSError."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, at least a byte; empty after that time. Raises OSError."""

    def close(self) -> None:
        """Let go."""


class Opens(Protocol):
    """Opens the line for one call: a modem that was unplugged meanwhile is found again."""

    def __call__(self) -> ModemLine:
        """Raises OSError."""


class SmsOutcall:
    """One modem."""

    def __init__(self, name: str, opens: Opens) -> None:
        self.name = f"modem {name}"
        self._opens = opens
        self._reference = 0

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:  # noqa: ARG002 - the protocol's
        """Outcall: a message to each; one that fails does not keep the others from theirs."""
        await asyncio.to_thread(self._send_all, text, numbers)

    def _send_all(self, text: str, numbers: Sequence[str]) -> None:
        failed = []
        try:
            line = self._opens()
        except OSError as error:
            raise OutcallError(f"{self.name}: {error}") from None
        try:
            dialogue = _Dialogue(line)
            dialogue.begin()
            for number in numbers:
                self._reference = self._reference % 255 + 1
                try:
                    for pdu in submits(number, text, self._reference):
                        dialogue.send(pdu)
                except (OutcallError, ValueError) as error:
                    failed.append(f"…{number[-4:]}: {error}")
        except OSError as error:  # OutcallError is one too
            raise OutcallError(f"{self.name}: {error}") from None
        finally:
            line.close()
        if failed:
            raise OutcallError(f"{self.name}: {len(failed)} of {len(numbers)} not sent ({'; '.join(failed)})"[:400])


class _Dialogue:
    """Commands and their answers, one after another."""

    def __init__(self, line: ModemLine) -> None:
        self._line = line

    def begin(self) -> None:
        self._line.write(ESCAPE)  # out of a prompt that an earlier call left
        self._command("ATE0")
        self._command("AT+CMGF=0")

    def send(self, pdu: Pdu) -> None:
        self._line.write(f"AT+CMGS={pdu.length}\r".encode())
        self._until(_PROMPT, ANSWER_S, "no prompt")
        self._line.write(pdu.text.encode() + CTRL_Z)
        said = self._until(_END, SENT_S, "no answer of the network")
        if b"+CMGS:" not in said:
            raise OutcallError(_words(said))

    def _command(self, command: str) -> None:
        self._line.write(command.encode() + b"\r")
        said = self._until(_END, ANSWER_S, f"no answer to {command}")
        if not said.endswith(b"OK\r\n"):
            raise OutcallError(f"{command}: {_words(said)}")

    def _until(self, wanted: re.Pattern[bytes], within_s: float, otherwise: str) -> bytes:
        said = b""
        while not wanted.search(said):
            if _END.search(said):  # an error instead of the prompt
                raise OutcallError(_words(said))
            more = self._line.read(within_s)
            if not more or len(said) > 4096:
                raise OutcallError(otherwise)
            said += more
        return said


def _words(said: bytes) -> str:
    return said.decode("ascii", "replace").split("\r\n")[-2][:80] if b"\r\n" in said else "not understood"


class FakeModem:
    """A modem in memory: `sent` holds the PDUs that its network took. `refuses`: which of them it answers with 500."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.commands: list[str] = []
        self.refuses: set[int] = set()
        self.deaf = False
        self._out = b""
        self._length = 0
        self._heard = b""

    def write(self, data: bytes) -> None:
        """ModemLine."""
        if self.deaf:
            return
        self._heard += data.replace(ESCAPE, b"")
        while b"\r" in self._heard or CTRL_Z in self._heard:
            end = CTRL_Z if self._length else b"\r"
            if end not in self._heard:
                return
            command, _, self._heard = self._heard.partition(end)
            self._answer(command.decode("ascii"))

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002 - what is not there will not come
        """ModemLine: in small pieces, as a serial line gives them."""
        piece, self._out = self._out[:3], self._out[3:]
        return piece

    def close(self) -> None:
        """ModemLine."""

    def _answer(self, command: str) -> None:
        if self._length:
            fits = len(command) == 2 * (self._length + 1)
            self._length = 0
            self.sent.append(command)
            refused = not fits or len(self.sent) in self.refuses
            self._out += b"\r\n+CMS ERROR: 500\r\n" if refused else b"\r\n+CMGS: 7\r\n\r\nOK\r\n"
            return
        self.commands.append(command)
        if command.startswith("AT+CMGS="):
            self._length = int(command.removeprefix("AT+CMGS="))
            self._out += b"\r\n> "
        else:
            self._out += b"\r\nOK\r\n"
