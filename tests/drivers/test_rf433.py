from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.code24 import MAX_CODES, Role
from drivers.decoder import Decoder, Known, load_driver
from drivers.model import Command, Event, Heard, Instant, Kind, Note, Refused, ValidationError, Verb, convert
from drivers.rf433 import MAX_LINE, Rf433Decoder, Rf433Settings
from drivers.rfbridge import ACK, MAX_RAW, STALE_S, RfBridgeDecoder, ev1527
from edge.neighbourhood.rf433 import DoorMagnet, Framing, Rf433Pendant
from edge.repeats import Repeats

NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
KERUI = {
    "14": Role.OPEN,
    "7": Role.CLOSED,
    "11": Role.TAMPER,
    "15": Role.LOW_BATTERY,
    "10": Role.MOTION,
    "5": Role.WATER,
}
SENSORS = Path(__file__).parents[1] / "vectors" / "sensors.jsonl"
VECTORS = [
    vector
    for vector in map(json.loads, SENSORS.read_text("utf-8").splitlines())
    if vector["protocol"] in {"rf433-fd", "rf433-lc", "rf-bridge"}
]
PENDANT = "123458"
FRAMINGS: list[Framing] = ["fd", "lc", "bridge", "raw"]

AnyDecoder = Rf433Decoder | RfBridgeDecoder


def instant(seconds: float = 0.0) -> Instant:
    return Instant(NOON + timedelta(seconds=seconds), 100.0 + seconds)


def nobody(_: str) -> bool:
    return False


def registered(*ids: str) -> Known:
    return set(ids).__contains__


def receiver(known: Known = nobody, **changes: Any) -> Rf433Decoder:
    return Rf433Decoder(convert(changes, Rf433Settings), known)


def bridge(known: Known = nobody, **changes: Any) -> RfBridgeDecoder:
    return RfBridgeDecoder(convert(changes, Rf433Settings), known)


def receiver_of(framing: Framing, known: Known = nobody, **changes: Any) -> AnyDecoder:
    return receiver(known, framing=framing, **changes) if framing in {"fd", "lc"} else bridge(known, **changes)


def events(heard: list[Heard]) -> list[Event]:
    return [event for one in heard for event in one.events]


def hear(decoder: AnyDecoder, data: bytes, seconds: float = 0.0) -> list[Event]:
    return events(decoder.feed(data, instant(seconds)))


def short(heard: list[Event]) -> list[tuple[str, str, str | None]]:
    return [(event.kind, event.device, event.alarm) for event in heard]


SOS = [("alarm", PENDANT, "sos")]


class TestVectors:
    def decoder(self, vector: dict[str, Any]) -> AnyDecoder:
        profile = vector.get("profile", {})
        changes: dict[str, Any] = {"key4": KERUI} if profile == "kerui" else profile
        if vector["protocol"] == "rf-bridge":
            return bridge(**changes)
        return receiver(framing=vector["protocol"].removeprefix("rf433-"), **changes)

    @pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
    def test_every_recorded_frame_means_what_is_written_beside_it(self, vector: dict[str, Any]) -> None:
        """A vector is one frame and what it means; a second equal frame makes it believed."""
        decoder, expected = self.decoder(vector), vector["expected"]
        wire = bytes.fromhex(vector["wire_hex"])
        heard = hear(decoder, wire) + hear(decoder, wire, 0.1)
        (event,) = heard
        assert event.kind == vector["event"]["kind"]
        assert event.open == vector["event"].get("open")
        assert event.alarm == vector["event"].get("alarm")
        told = {
            "code24": event.attributes["code"],
            "address20": event.attributes["code"],
            "key4": event.attributes["key"],
        }
        told["address20"] = str(event.attributes["code"])[:5]
        for name, value in expected.items():
            if name != "frames":
                assert (told | event.attributes)[name] == value

    @pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
    def test_cut_at_every_byte_glued_and_after_noise_it_means_the_same(self, vector: dict[str, Any]) -> None:
        wire = bytes.fromhex(vector["wire_hex"])
        whole = hear(self.decoder(vector), wire * 3)
        assert len(whole) == 1
        decoder = self.decoder(vector)
        assert [event for at in range(len(wire) * 3) for event in hear(decoder, (wire * 3)[at : at + 1])] == whole
        assert hear(self.decoder(vector), b"\x00\xff\x13\xfd\xaa\xa4\r\n" + wire * 3) == whole


class TestOnePressIsOneEvent:
    @pytest.mark.parametrize("framing", FRAMINGS)
    def test_a_registered_sos_counts_at_the_first_frame(self, framing: Framing) -> None:
        decoder = receiver_of(framing, registered(PENDANT))
        (frame,) = Rf433Pendant(PENDANT, framing).frames(1)
        assert short(hear(decoder, frame)) == SOS

    @pytest.mark.parametrize("framing", FRAMINGS)
    def test_however_long_a_button_is_held_down_it_is_one_alarm(self, framing: Framing) -> None:
        decoder = receiver_of(framing, registered(PENDANT))
        frames = Rf433Pendant(PENDANT, framing).frames(600)
        heard = [hear(decoder, frame, at * 0.1) for at, frame in enumerate(frames)]
        assert [short(one) for one in heard if one] == [SOS]

    def test_a_new_press_after_the_window_counts(self) -> None:
        decoder, pendant = receiver(registered(PENDANT)), Rf433Pendant(PENDANT)
        heard = [short(hear(decoder, pendant.press(), seconds)) for seconds in (0, 2.9, 5.8, 8.9, 20)]
        assert heard == [SOS, [], [], SOS, SOS]

    def test_the_window_is_a_setting(self) -> None:
        decoder, pendant = receiver(registered(PENDANT), window_s=10), Rf433Pendant(PENDANT)
        assert [len(hear(decoder, pendant.press(), seconds)) for seconds in (0, 9, 18, 28.5)] == [1, 0, 0, 1]

    def test_two_presses_have_two_keys_and_one_press_has_one(self) -> None:
        decoder, pendant, repeats = receiver(registered(PENDANT)), Rf433Pendant(PENDANT), Repeats()
        heard = [*decoder.feed(pendant.press(), instant()), *decoder.feed(pendant.press(), instant(60))]
        new = [event for one in heard for event, _ in repeats.fresh(one)]
        assert short(new) == SOS * 2
        assert [event for one in heard for event, _ in repeats.fresh(one)] == []

    def test_the_pulse_width_is_no_part_of_a_code(self) -> None:
        decoder = receiver(registered(PENDANT))
        assert len({frame[4] for frame in Rf433Pendant(PENDANT).frames(20)}) == 3
        assert len(hear(decoder, Rf433Pendant(PENDANT).press(1))) == 1

    def test_two_pendants_at_once_are_two_alarms(self) -> None:
        decoder = receiver(registered(PENDANT, "ABCDE1"))
        pairs = zip(Rf433Pendant(PENDANT).frames(10), Rf433Pendant("ABCDE1").frames(10), strict=True)
        heard = hear(decoder, b"".join(first + second for first, second in pairs))
        assert short(heard) == [*SOS, ("alarm", "ABCDE1", "sos")]


class TestBelief:
    @pytest.mark.parametrize("code", ["12345E", "12345B", "ABCDE1"])
    def test_contacts_tampers_and_unknown_codes_ask_for_two_equal_frames(self, code: str) -> None:
        decoder = receiver(registered("12345"), key4=KERUI)
        first, second = Rf433Pendant(code).frames(2)
        assert [len(hear(decoder, first)), len(hear(decoder, second, 0.4))] == [0, 1]

    def test_two_frames_too_far_apart_are_not_two(self) -> None:
        decoder = receiver()
        (frame,) = Rf433Pendant("ABCDE1").frames(1)
        assert [len(hear(decoder, frame, seconds)) for seconds in (0, 0.6, 1.2, 1.6)] == [0, 0, 0, 1]

    def test_two_different_codes_do_not_confirm_each_other(self) -> None:
        decoder = receiver()
        data = b"".join(Rf433Pendant(f"ABC{number:03X}").press(0) for number in range(200))
        assert hear(decoder, data) == []

    def test_an_unknown_code_whose_key_says_sos_is_an_alarm_after_two_frames(self) -> None:
        decoder = receiver(key4={"8": "sos"})
        first, second = Rf433Pendant(PENDANT).frames(2)
        assert [short(hear(decoder, first)), short(hear(decoder, second))] == [[], [("alarm", "12345", "sos")]]

    def test_an_unknown_code_is_reported_once_per_press_for_an_installer_to_adopt(self) -> None:
        decoder = receiver(key4=KERUI)
        heard = [short(hear(decoder, Rf433Pendant(PENDANT).press(1), seconds)) for seconds in (0, 1, 2, 10)]
        assert heard == [[("code", PENDANT, None)], [], [], [("code", PENDANT, None)]]

    def test_a_receiver_that_reports_a_press_once_may_be_believed_once(self) -> None:
        assert len(hear(receiver(equal_frames=1), Rf433Pendant("ABCDE1").press(0))) == 1

    def test_codes_remembered_are_bounded_and_a_flood_does_not_repeat_an_alarm(self) -> None:
        decoder = receiver(registered(PENDANT))
        assert short(hear(decoder, Rf433Pendant(PENDANT).press())) == SOS
        flood = b"".join(Rf433Pendant(f"{number:06X}").press(0) for number in range(3 * MAX_CODES))
        assert hear(decoder, flood, 0.1) == []
        assert decoder._presses.held <= 2 * MAX_CODES
        assert hear(decoder, Rf433Pendant(PENDANT).press(), 0.2) == []

    def test_a_low_battery_is_told_once_a_day(self) -> None:
        decoder, magnet, repeats = receiver(key4=KERUI), DoorMagnet("12345"), Repeats()
        hours = [0, 1, 6, 13]
        heard = [one for hour in hours for one in decoder.feed(magnet.says(0xF), instant(hour * 3600))]
        assert len([event for one in heard for event, _ in repeats.fresh(one)]) == 2


class TestMeaning:
    @pytest.mark.parametrize(
        ("key", "kind", "alarm", "open_"),
        [
            (0xE, Kind.CONTACT, None, True),
            (0x7, Kind.CONTACT, None, False),
            (0xB, Kind.ALARM, "tampering", None),
            (0xF, Kind.ALARM, "lowBattery", None),
            (0xA, Kind.MOTION, None, None),
            (0x5, Kind.ALARM, "water", None),
            (0x1, Kind.CODE, None, None),
        ],
    )
    def test_each_key_of_a_kerui_sensor(self, key: int, kind: Kind, alarm: str | None, open_: bool | None) -> None:  # noqa: FBT001
        (event,) = hear(receiver(key4=KERUI), DoorMagnet("12345").says(key))
        assert (event.kind, event.alarm, event.open) == (kind, alarm, open_)
        assert event.attributes["code"] == f"12345{key:X}"
        assert (event.time, event.place, event.held) == (None, None, False)

    @pytest.mark.parametrize(
        "keys", [{"14": "open", "7": "closed"}, {"E": "open", "7": "closed"}, {"e": "open", "7": "closed"}]
    )
    def test_keys_may_be_written_in_both_ways(self, keys: dict[str, str]) -> None:
        magnet, decoder = DoorMagnet("12345"), receiver(key4=keys)
        assert [event.open for event in hear(decoder, magnet.opened() + magnet.closed())] == [True, False]

    def test_a_door_opened_again_within_the_window_is_open(self) -> None:
        magnet, decoder = DoorMagnet("12345"), receiver(key4=KERUI)
        heard = hear(decoder, magnet.opened() + magnet.closed() + magnet.opened() + magnet.closed())
        assert [event.open for event in heard] == [True, False, True, False]

    @pytest.mark.parametrize(
        ("known", "codes", "device", "role"),
        [
            ((), {}, "12345", "sos"),
            (("12345",), {}, "12345", "sos"),
            ((PENDANT,), {}, PENDANT, "sos"),
            (("12345", PENDANT), {}, PENDANT, "sos"),
            ((), {PENDANT: "tamper"}, PENDANT, "tampering"),
            (("12345",), {PENDANT: "tamper"}, "12345", "tampering"),
            ((PENDANT,), {PENDANT: "tamper"}, PENDANT, "tampering"),
        ],
    )
    def test_whose_code_it_is(self, known: tuple[str, ...], codes: dict[str, str], device: str, role: str) -> None:
        decoder = receiver(registered(*known), key4={"8": "sos"}, codes=codes)
        assert short(hear(decoder, Rf433Pendant(PENDANT).press())) == [("alarm", device, role)]

    def test_an_exact_code_goes_before_its_key_and_counts_at_once(self) -> None:
        decoder = receiver(key4=KERUI, codes={"12345e": "sos"})
        assert short(hear(decoder, Rf433Pendant("12345E").press(0))) == [("alarm", "12345E", "sos")]

    def test_a_registered_code_no_table_names_has_the_adopted_role(self) -> None:
        frames = Rf433Pendant("ABCDE1").press()
        assert short(hear(receiver(registered("ABCDE1"), key4=KERUI), frames)) == [("alarm", "ABCDE1", "sos")]
        (event,) = hear(receiver(registered("ABCDE1"), adopted="open"), frames)
        assert (event.kind, event.open) == (Kind.CONTACT, True)

    def test_an_unnamed_key_of_a_registered_sensor_is_no_alarm(self) -> None:
        decoder = receiver(registered("ABCDE"), key4=KERUI)
        assert short(hear(decoder, Rf433Pendant("ABCDE1").press())) == [("code", "ABCDE", None)]

    def test_without_a_table_every_key_of_a_registered_device_has_the_adopted_role(self) -> None:
        assert short(hear(receiver(registered("ABCDE")), Rf433Pendant("ABCDE1").press(0))) == [
            ("alarm", "ABCDE", "sos")
        ]

    def test_nothing_can_be_sent(self) -> None:
        for decoder in (receiver(), bridge()):
            assert isinstance(decoder.say(Command(Verb.LOCATE, PENDANT), instant()), Refused)


class TestFixedFrames:
    @pytest.mark.parametrize("code", ["FDDFFD", "DFDFDF", "FDFDFD", "AA55AA", "000000", "FFFFFF"])
    @pytest.mark.parametrize("noise", [b"", b"\xfd", b"\xdf", b"\xfd\xfd\xfd", b"\x12\xfd\x34\xdf", b"\xfd12345"])
    def test_start_and_end_may_occur_anywhere_in_code_and_noise(self, code: str, noise: bytes) -> None:
        decoder = receiver(registered(code))
        heard = hear(decoder, noise + Rf433Pendant(code).press(1))
        assert ("alarm", code, "sos") in short(heard)

    def test_of_a_code_that_fits_in_two_places_no_sos_is_lost(self) -> None:
        decoder = receiver(registered("FDDFFD"))
        assert ("alarm", "FDDFFD", "sos") in short(hear(decoder, b"\xfd\xfd\xfd" + Rf433Pendant("FDDFFD").press(1)))

    def test_a_frame_whose_first_bytes_are_lost_costs_only_itself(self) -> None:
        decoder = receiver(registered(PENDANT))
        assert short(hear(decoder, Rf433Pendant(PENDANT).press(1)[2:])) == SOS

    def test_the_fields_are_where_the_settings_say(self) -> None:
        decoder = receiver(registered(PENDANT), length=8, start=0x02, end=0x03, code_at=3, pulse_at=0)
        assert short(hear(decoder, bytes.fromhex("0200001234584c03"))) == SOS

    def test_a_dead_beginning_does_not_cost_the_next_press(self) -> None:
        decoder = receiver(registered(PENDANT))
        assert hear(decoder, b"\xfd\x12") == []
        assert short(hear(decoder, Rf433Pendant(PENDANT).press(0), 3600)) == SOS

    def test_noise_is_counted(self) -> None:
        assert receiver().feed(b"\x00\x01\xfd", instant())[-1].note == Note("noise", "2 bytes")


class TestTextLines:
    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\n\n"])
    def test_any_end_of_line(self, end: str) -> None:
        decoder = receiver(registered(PENDANT), framing="lc")
        assert short(hear(decoder, f"LC:123458{end}".encode())) == SOS

    @pytest.mark.parametrize("line", ["LC:12345", "LC:1234588", "LC:12345G", "LC 123458", "\x00" * 500, "LC:" * 90])
    def test_other_lines_are_noise(self, line: str) -> None:
        (heard,) = receiver(registered(PENDANT), framing="lc").feed(f"{line}\n".encode(), instant())
        assert heard.events == ()
        assert heard.note is not None

    def test_a_frame_after_a_long_line_of_noise_is_heard(self) -> None:
        decoder = receiver(registered(PENDANT), framing="lc")
        assert short(hear(decoder, b"\xff" * 5000 + b"LC:123458\r\n")) == SOS

    def test_the_pattern_is_a_setting(self) -> None:
        decoder = receiver(registered(PENDANT), framing="lc", pattern="^RX=0x([0-9a-f]+);")
        assert short(hear(decoder, b"RX=0x123458;T=350\n")) == SOS
        assert hear(decoder, b"RX=0x1234581;T=350\n", 10) == []


class TestBridge:
    def test_every_code_is_acknowledged_and_a_repeat_too(self) -> None:
        frame = Rf433Pendant(PENDANT, "bridge").press(0)
        heard = bridge(registered(PENDANT)).feed(frame * 3, instant())
        assert [(len(one.events), one.reply) for one in heard] == [(1, ACK), (0, ACK), (0, ACK)]

    def test_a_learned_code_counts_like_a_received_one(self) -> None:
        frame = Rf433Pendant(PENDANT, "bridge").press(0)
        assert short(hear(bridge(registered(PENDANT)), frame.replace(b"\xaa\xa4", b"\xaa\xa3"))) == SOS

    def test_an_acknowledgement_of_the_bridge_means_nothing_and_is_not_answered(self) -> None:
        assert bridge().feed(ACK, instant()) == []
        assert bridge().feed(b"\xaa\xa2\x55", instant()) == []

    def test_marks_inside_a_frame_are_data(self) -> None:
        for code in ("AA55AA", "55AAA4", "AAA6AA"):
            assert ("alarm", code, "sos") in short(
                hear(bridge(registered(code)), b"\xaa\x55\xaa" + Rf433Pendant(code, "bridge").press(1))
            )

    def test_a_code_of_another_length_is_acknowledged_and_noted(self) -> None:
        (heard,) = bridge().feed(bytes.fromhex("aaa60607010203040555"), instant())
        assert (heard.events, heard.reply) == ((), ACK)
        assert heard.note == Note("unsupported radio protocol")

    def test_a_beginning_in_the_noise_does_not_hold_back_an_alarm_for_long(self) -> None:
        decoder = bridge(registered(PENDANT))
        assert hear(decoder, b"\xaa\xa6\x20" + Rf433Pendant(PENDANT, "bridge").press(0)) == []
        assert decoder.due() == instant(STALE_S).monotonic_s
        assert decoder.tick(instant(STALE_S - 0.01)) == []
        assert short(events(decoder.tick(instant(STALE_S)))) == SOS
        assert (decoder.due(), decoder.held) == (None, 0)

    @pytest.mark.parametrize(
        "wire",
        [
            "aab103015e041a2a62 818181908181908181819090819081818190819090818181 8255",
            "aab103015e041a2a62 28181819081819081818190908190818181908190908181818 55",
            "aab103015e041a2a62 010101100101100101011010011001010110011010010101 0255",
            "aab104015e041a03e82a62 818181908181908181819090819081818190819090818181 8355",
        ],
    )
    def test_a_raw_train_that_is_plainly_ev1527_is_a_code(self, wire: str) -> None:
        """Sync last, sync first, without level marks, and with a bucket nobody uses."""
        heard = bridge().feed(bytes.fromhex(wire), instant())
        assert len(heard) == 1
        assert heard[0].reply == ACK

    @pytest.mark.parametrize("code", [PENDANT, "000000", "FFFFFF", "A5C3E1"])
    def test_a_raw_train_carries_the_same_code(self, code: str) -> None:
        assert short(hear(bridge(registered(code)), Rf433Pendant(code, "raw").press(0))) == [("alarm", code, "sos")]

    @pytest.mark.parametrize(
        "widths",
        [
            [1, 1],
            [350] * 50,
            [350, 1050] * 24,
            [350, 1050] * 24 + [350, 2000],
            [350, 1050] * 23 + [350, 10850],
            [350, 1050] * 25 + [350, 10850],
            [350, 400] * 24 + [350, 10850],
            [350, 1050] * 12 + [350, 10850] + [350, 1050] * 11 + [350, 10850],
            [0, 0] * 24 + [0, 65535],
        ],
    )
    def test_anything_less_plain_is_not(self, widths: list[int]) -> None:
        assert ev1527(widths) is None

    def test_short_trains_and_wrong_buckets_are_no_frames(self) -> None:
        for wire in ("aab100" + "81" * 25 + "55", "aab109" + "00" * 40 + "55", "aab101015e" + "81" * 25 + "55"):
            assert hear(bridge(equal_frames=1), bytes.fromhex(wire)) == []


class TestSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"key4": {"16": "sos"}},
            {"key4": {"EE": "sos"}},
            {"key4": {"8": "help"}},
            {"codes": {"12345": "sos"}},
            {"equal_frames": 0},
            {"window_s": 0},
            {"length": 4},
            {"code_at": 3},
            {"pulse_at": 5},
            {"start": 256},
            {"framing": "xy"},
            {"pattern": "LC:("},
            {"pattern": "LC:[0-9]+"},
            {"colour": "red"},
        ],
    )
    def test_wrong_settings_are_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            receiver(**wrong)

    @pytest.mark.parametrize(
        ("framing", "made"), [("fd", Rf433Decoder), ("lc", Rf433Decoder), ("bridge", RfBridgeDecoder)]
    )
    def test_one_driver_serves_every_receiver(self, framing: str, made: type) -> None:
        driver = load_driver("rf433")
        decoder: Decoder[object] = driver.make(convert({"framing": framing}, driver.settings), nobody)
        assert isinstance(decoder, made)
        assert decoder.due() is None


def make(framing: Framing) -> Callable[[], AnyDecoder]:
    return lambda: receiver_of(framing, registered(PENDANT), key4=KERUI)


PARTS = st.one_of(
    st.sampled_from(
        [Rf433Pendant(code, framing).press(0) for code in (PENDANT, "12345E", "FDDFE7") for framing in FRAMINGS]
    ),
    st.sampled_from([b"\xfd", b"\xdf", b"\xaa\xa4", b"\xaa\xa6\x20", b"\xaa\xb1\x03", b"\x55", b"LC:", b"\r", b"\n"]),
    st.binary(max_size=20),
)


@pytest.mark.parametrize("framing", FRAMINGS)
@given(parts=st.lists(PARTS, max_size=10), cuts=st.lists(st.integers(0, 300), max_size=10))
@settings(max_examples=100, deadline=None)
def test_the_same_bytes_cut_anywhere_mean_the_same(framing: Framing, parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)

    def play(chunks: list[bytes]) -> tuple[list[Event], bytes]:
        decoder = make(framing)()
        heard = [one for chunk in chunks for one in decoder.feed(chunk, instant())]
        assert decoder.held <= MAX_RAW + 20 <= MAX_LINE + 20
        return events(heard), b"".join(one.reply for one in heard)

    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    whole = play([stream])
    assert play([stream[start:end] for start, end in pairwise(edges)]) == whole
    assert play([stream[at : at + 1] for at in range(len(stream))]) == whole


@pytest.mark.parametrize("framing", FRAMINGS)
@given(data=st.binary(max_size=600), seconds=st.floats(0, 100))
@settings(max_examples=100, deadline=None)
def test_no_bytes_raise_and_little_is_held(framing: Framing, data: bytes, seconds: float) -> None:
    decoder = make(framing)()
    decoder.feed(data, instant())
    decoder.tick(instant(seconds))
    assert decoder.held <= 256
