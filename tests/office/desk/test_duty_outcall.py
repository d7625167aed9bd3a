"""Ways to phone out: signed webhooks that are tried again, text messages as a modem takes them."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from edge.demo.authority import Authority
from office.desk.modem_line import SerialLine
from office.desk.outcall import NoOutcall, OutcallError
from office.desk.outcall_sms import FakeModem, SmsOutcall
from office.desk.outcall_webhook import WebhookOutcall
from office.desk.sms_pdu import address, submits
from office.desk.webhook import signature


class Service(BaseHTTPRequestHandler):
    """A service that answers what it is told to, one answer after another."""

    answers: ClassVar[list[int]] = []
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def service(folder: Path, *answers: int) -> Iterator[WebhookOutcall]:
    authority = Authority(folder / "tls")
    files = authority.server("service")
    Service.answers, Service.heard = [*answers], []
    server = HTTPServer(("127.0.0.1", 0), Service)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.cert, files.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    trust = ssl.create_default_context(cafile=str(authority.ca))
    url = f"https://127.0.0.1:{server.server_port}/call?to=office"
    try:
        yield WebhookOutcall(url, b"secret", context=trust, pauses_s=(0.0, 0.0), clock=lambda: 1000.0)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_is_signed_so_that_the_service_knows_who_calls(tmp_path: Path) -> None:
    with service(tmp_path, 204) as way:
        asyncio.run(way.ring("unattended", "无人值守", ["13800000000"]))
    ((headers, body),) = Service.heard
    assert headers["X-Linli-Signature"] == signature(b"secret", 1000, body)
    said = json.loads(body)
    assert (said["reason"], said["text"], said["numbers"]) == ("unattended", "无人值守", ["13800000000"])


def test_a_service_that_is_busy_is_tried_again_with_the_same_id(tmp_path: Path) -> None:
    with service(tmp_path, 503, 429, 200) as way:
        asyncio.run(way.ring("unattended", "x", ["1"]))
    assert len({headers["X-Linli-Id"] for headers, _ in Service.heard}) == 1
    assert len(Service.heard) == 3


def test_a_no_for_good_is_not_asked_again(tmp_path: Path) -> None:
    with service(tmp_path, 401, 200) as way, pytest.raises(OutcallError, match="refused \\(401\\)"):
        asyncio.run(way.ring("unattended", "x", ["1"]))
    assert len(Service.heard) == 1


def test_a_service_that_never_takes_it_is_an_error_in_the_end(tmp_path: Path) -> None:
    with service(tmp_path, 500, 500, 500) as way, pytest.raises(OutcallError, match="answered 500"):
        asyncio.run(way.ring("unattended", "x", ["1"]))


def test_a_service_with_another_certificate_is_told_nothing(tmp_path: Path) -> None:
    with service(tmp_path, 200) as way:
        way._webhook._context = ssl.create_default_context()
        with pytest.raises(OutcallError, match="certificate"):
            asyncio.run(way.ring("unattended", "x", ["1"]))
    assert Service.heard == []


def test_a_webhook_without_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        WebhookOutcall("http://sms.example/", b"secret")


def test_without_a_way_out_every_call_says_so() -> None:
    with pytest.raises(OutcallError, match=r"desk\.outcall"):
        asyncio.run(NoOutcall().ring("unattended", "x", []))


def test_an_address_has_its_digits_swapped() -> None:
    assert address("+46708251358").hex().upper() == "0B916407281553F8"
    assert address("13800000000").hex().upper() == "0B813108000000F0"
    assert address("110").hex().upper() == "038111F0"


@pytest.mark.parametrize("number", ["", "12", "+", "138 0000", "138-0000-0000", "1" * 21])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        address(number)


def test_a_short_text_is_one_message_in_ucs2() -> None:
    (pdu,) = submits("+8613800000000", "求助", 1)
    assert pdu.text == "00" + "3100" + "0D91683108000000F0" + "0008A7" + "04" + "6C4252A9"
    assert pdu.length == len(pdu.text) // 2 - 1


def test_a_long_text_goes_in_parts_that_belong_together() -> None:
    text = "警" * 150
    pdus = submits("+8613800000000", text, 0x1FF)
    heads = [pdu.text[2 + 2 * 14 :][:14] for pdu in pdus]
    assert [head[2:] for head in heads] == ["050003FF0301", "050003FF0302", "050003FF0303"]
    assert all(pdu.text[2:4] == "71" for pdu in pdus)
    joined = b"".join(bytes.fromhex(pdu.text[2 + 2 * 21 :]) for pdu in pdus)
    assert joined.decode("utf-16-be") == text


def test_a_character_of_two_halves_is_never_cut() -> None:
    pdus = submits("110", "𠮷" * 100, 1)
    for pdu in pdus:
        bytes.fromhex(pdu.text)[-4:].decode("utf-16-be")
    assert len(pdus) == 4


def test_a_modem_is_told_the_length_and_sends_to_each() -> None:
    modem = FakeModem()
    asyncio.run(SmsOutcall("test", lambda: modem).ring("unattended", "无人值守", ["13800000000", "13900000000"]))
    assert modem.commands[:2] == ["ATE0", "AT+CMGF=0"]
    assert len(modem.sent) == 2


def test_one_number_that_fails_keeps_no_other_from_its_message() -> None:
    modem = FakeModem()
    modem.refuses = {1}
    with pytest.raises(OutcallError, match=r"1 of 2 not sent \(…0000: \+CMS ERROR: 500\)"):
        asyncio.run(SmsOutcall("test", lambda: modem).ring("unattended", "x", ["13800000000", "13900000000"]))
    assert len(modem.sent) == 2


def test_a_modem_that_says_nothing_is_an_error() -> None:
    modem = FakeModem()
    modem.deaf = True
    with pytest.raises(OutcallError, match="no answer to ATE0"):
        asyncio.run(SmsOutcall("test", lambda: modem).ring("unattended", "x", ["13800000000"]))


def test_a_modem_that_is_not_there_is_an_error_of_the_call() -> None:
    way = SmsOutcall("test", lambda: SerialLine("/dev/there-is-none", 115200))
    with pytest.raises(OutcallError, match="No such file"):
        asyncio.run(way.ring("unattended", "x", ["13800000000"]))


def test_a_serial_line_carries_bytes_both_ways() -> None:
    ours, theirs = os.openpty()
    try:
        line = SerialLine(os.ttyname(theirs), 115200)
        line.write(b"AT\r")
        assert os.read(ours, 10) == b"AT\r"
        os.write(ours, b"\r\nOK\r\n")
        assert line.read(5.0) == b"\r\nOK\r\n"
        assert line.read(0.01) == b""
        line.close()
    finally:
        os.close(ours)
        os.close(theirs)
