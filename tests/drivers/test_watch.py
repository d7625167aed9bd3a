from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.decoder import MAX_HELD, load_driver
from drivers.model import Command, Event, Heard, Instant, Kind, Refused, Verb
from drivers.watch import PATIENCE_S, SAME_PRESS_S, WatchDecoder, WatchSettings
from drivers.watch_frames import MAX_TEXT
from edge.neighbourhood.watch import BATTERY_IS_LOW, FALL, LOW_BATTERY, SOS, WatchDevice
from edge.repeats import Repeats

NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
PRESSED = datetime(2026, 8, 20, 0, 15, tzinfo=UTC)
ID = "8800001234"
MOVING = 1 << 4


def instant(seconds: float = 0.0) -> Instant:
    return Instant(NOON + timedelta(seconds=seconds), 100.0 + seconds)


def decoder() -> WatchDecoder:
    return WatchDecoder(WatchSettings())


def hear(data: bytes, at: Instant | None = None) -> list[Heard]:
    return [heard for heard in decoder().feed(data, at or instant()) if heard.device is not None]


def one(data: bytes) -> Heard:
    (heard,) = hear(data)
    return heard


def content(text: str, *, maker: str = "3G") -> Heard:
    return one(WatchDevice(ID, maker).frame(text))


def events(heard: list[Heard]) -> list[Event]:
    return [event for one_heard in heard for event in one_heard.events]


def alarms(heard: Heard) -> list[tuple[str | None, bool]]:
    return [(event.alarm, event.held) for event in heard.events if event.kind is Kind.ALARM]


def report(**changes: str) -> str:
    """The fields of a report, each replaceable by name."""
    fields = {
        "date": "200826", "time": "001500", "fix": "A", "lat": "31.235", "ns": "N", "lon": "121.475", "ew": "E",
        "speed": "0.5", "course": "10.0", "altitude": "50.0", "satellites": "7", "gsm": "80", "battery": "55",
        "steps": "1200", "tumbles": "0", "status": "00000000", "network": "0,0",
    }  # fmt: skip
    return ",".join((fields | changes).values())


class TestTheConversation:
    def test_a_keep_alive_is_answered_even_without_counters(self) -> None:
        assert content("LK").reply == b"[3G*8800001234*0002*LK]"
        assert content("LK").events == ()

    def test_a_keep_alive_reports_steps_and_battery(self) -> None:
        (event,) = content("LK,12,3,88").events
        assert (event.kind, event.attributes) == (Kind.STATUS, {"steps": 12, "batteryLevel": 88})

    def test_the_index_of_a_maker_that_counts_frames_is_echoed(self) -> None:
        assert one(b"[ZJ*014111001332708*0075*0002*LK]").reply == b"[ZJ*014111001332708*0075*0002*LK]"

    def test_the_signed_dialect_is_heard_and_answered_without_its_signature(self) -> None:
        heard = one(b"[0123456789abcdef0123456789ABCDEF3G*8800001234*0002*LK]")
        assert (heard.device, heard.reply) == (ID, b"[3G*8800001234*0002*LK]")

    @pytest.mark.parametrize(
        ("keyword", "answer"), [("TKQ", "TKQ"), ("tkq2", "TKQ2"), ("INIT", "INIT,1"), ("init", "INIT,1")]
    )
    def test_questions_that_mean_nothing_are_answered(self, keyword: str, answer: str) -> None:
        heard = content(keyword)
        assert heard.reply == f"[3G*{ID}*{len(answer):04X}*{answer}]".encode()
        assert heard.events == ()

    @pytest.mark.parametrize("keyword", ["UD", "UD_LTE", "UD_WCDMA", "UD2", "WT", "ud_lte"])
    def test_positions_are_not_answered(self, keyword: str) -> None:
        heard = content(f"{keyword},{report()}")
        assert heard.reply == b""
        assert [event.kind for event in heard.events] == [Kind.POSITION]

    def test_only_the_first_frame_of_an_id_is_a_login(self) -> None:
        watch = decoder()
        assert [heard.login for heard in watch.feed(WatchDevice(ID).lk() * 2, instant())] == [True, False]

    def test_voice_is_not_kept_and_not_answered(self) -> None:
        heard = content("TK,#!AMR\x7d\x03\x7d\x02")
        assert (heard.events, heard.reply) == ((), b"")
        assert heard.note is not None
        assert heard.note.reason == "voice or picture not kept"

    def test_an_unknown_keyword_is_noted_and_nothing_else(self) -> None:
        heard = content("capture")
        assert (heard.events, heard.reply, heard.device) == ((), b"", ID)


class TestPositions:
    @pytest.mark.parametrize(
        ("lat", "ns", "lon", "ew", "expected"),
        [
            ("31.2", "N", "121.4", "E", (31.2, 121.4)),
            ("31.2", "S", "121.4", "W", (-31.2, -121.4)),
            ("-31.2", "S", "-84.1", "W", (-31.2, -84.1)),
            ("-31.2", "N", "-84.1", "E", (-31.2, -84.1)),
            (" 31.2", "", "-84.1", "", (31.2, -84.1)),
            ("31.2", "n", "084.1", "w", (31.2, -84.1)),
        ],
    )
    def test_a_minus_sign_or_a_letter_means_south_or_west(
        self, lat: str, ns: str, lon: str, ew: str, expected: tuple[float, float]
    ) -> None:
        place = content("UD," + report(lat=lat, ns=ns, lon=lon, ew=ew)).events[0].place
        assert place is not None
        assert (place.lat, place.lon) == expected

    def test_v_is_not_valid(self) -> None:
        place = content("UD," + report(fix="V")).events[0].place
        assert place is not None
        assert not place.valid

    def test_every_field_is_read(self) -> None:
        (event,) = content("UD," + report(status="00000010")).events
        place = event.place
        assert place is not None
        assert (place.speed_kmh, place.course, place.altitude_m, place.satellites) == (0.5, 10.0, 50.0, 7)
        assert event.attributes == {"rssi": 80, "batteryLevel": 55, "steps": 1200, "motion": True}
        assert event.time == PRESSED

    @pytest.mark.parametrize("value", ["", "nan", "inf", "1e9", "99.1", "-90.5", "31,2", "1_0", "٣١.٢"])
    def test_an_impossible_place_is_no_place_and_the_rest_still_counts(self, value: str) -> None:
        (event,) = content("UD," + report(lat=value)).events
        assert event.place is None
        assert event.kind is Kind.STATUS

    @pytest.mark.parametrize(
        ("date", "time", "claimed"),
        [
            ("120316", "140610", "2016-03-12T14:06:10Z"),
            ("200899", "001500", "2099-08-20T00:15:00Z"),
            ("310226", "001500", "310226 001500"),
            ("", "", None),
        ],
    )
    def test_an_implausible_clock_is_kept_for_the_record_only(self, date: str, time: str, claimed: str | None) -> None:
        event = content("UD," + report(date=date, time=time)).events[0]
        assert (event.time, event.device_time) == (None, claimed)

    def test_a_position_kept_offline_is_stored_and_says_nothing_of_the_present(self) -> None:
        heard = content("UD2," + report(status="00000001"))
        assert all(event.stored for event in heard.events)
        assert heard.levels is None

    def test_cells_and_access_points_are_reported_without_names(self) -> None:
        cells = "2,255,262,1,21041,9067,121,21041,5981,"
        wifi = "2,Wang's flat,34:31:c4:c8:a9:22,-67,,18:83:bf:28:e8:f4,-70,65.8"
        (event,) = content("UD," + report(network=cells + "," + wifi)).events
        assert event.network == {
            "cell": [
                {"mcc": 262, "mnc": 1, "lac": 21041, "cid": 9067, "rssi": -121},
                {"mcc": 262, "mnc": 1, "lac": 21041, "cid": 5981},
            ],
            "wifi": [{"mac": "34:31:c4:c8:a9:22", "rssi": -67}, {"mac": "18:83:bf:28:e8:f4", "rssi": -70}],
        }

    def test_cells_may_be_hexadecimal(self) -> None:
        (event,) = content("UD," + report(network="2,0,460,00,5A1F,1012,131,5a1f,0F3B,120,0")).events
        assert event.network is not None
        assert [(cell["lac"], cell["cid"]) for cell in event.network["cell"]] == [(0x5A1F, 0x1012), (0x5A1F, 0x0F3B)]

    def test_a_cell_of_4g_has_nine_decimal_digits_and_costs_no_other(self) -> None:
        (event,) = content("UD," + report(network="2,0,460,0,6741,265473819,89,9360,4082,131,0")).events
        assert event.network is not None
        assert [cell["cid"] for cell in event.network["cell"]] == [265473819, 4082]

    def test_access_points_are_found_where_no_cell_was_seen(self) -> None:
        (event,) = content("UD," + report(network="0,1,home,f4:db:e6:d2:a8:00,-53,0.0")).events
        assert event.network == {"cell": [], "wifi": [{"mac": "f4:db:e6:d2:a8:00", "rssi": -53}]}

    @pytest.mark.parametrize(
        "network", ["99,1,460,00,1,2", "2,0,,,x,y,z", "-3,0", "7", ",,,", "1,2,3", "", "999999999,0,1,1"]
    )
    def test_a_broken_list_of_cells_costs_nothing_else(self, network: str) -> None:
        assert content("UD," + report(network=network)).events[0].place is not None


class TestAlarms:
    def test_sos_without_a_fix_is_sos_and_answered(self) -> None:
        heard = one(WatchDevice(ID).al(PRESSED))
        assert alarms(heard) == [("sos", False)]
        assert heard.reply == b"[3G*8800001234*0002*AL]"

    @pytest.mark.parametrize("keyword", ["AL", "AL_LTE", "AL_WCDMA", "al_lte", "ALX"])
    def test_every_spelling_of_al_is_an_alarm_answered_with_al(self, keyword: str) -> None:
        heard = content(f"{keyword},{report(status='00010000')}")
        assert (alarms(heard), heard.reply) == ([("sos", False)], b"[3G*8800001234*0002*AL]")

    @pytest.mark.parametrize(
        ("bit", "name"),
        [
            (16, "sos"),
            (17, "lowBattery"),
            (18, "geofenceExit"),
            (19, "geofenceEnter"),
            (20, "removing"),
            (21, "fallDown"),
            (22, "fallDown"),
        ],
    )
    def test_each_bit_of_the_high_half_is_a_cause(self, bit: int, name: str) -> None:
        assert alarms(content("AL," + report(status=f"{1 << bit:08x}"))) == [(name, False)]

    def test_two_causes_are_two_alarms_and_each_is_told_once(self) -> None:
        status = SOS | LOW_BATTERY | FALL | 1 << 22 | BATTERY_IS_LOW
        heard = one(WatchDevice(ID).al(PRESSED, status=status))
        assert alarms(heard) == [("sos", False), ("lowBattery", False), ("fallDown", False)]

    def test_a_state_beside_the_cause_is_held(self) -> None:
        heard = one(WatchDevice(ID).al(PRESSED, status=SOS | BATTERY_IS_LOW))
        assert alarms(heard) == [("sos", False), ("lowBattery", True)]
        assert heard.levels == frozenset({"sos", "lowBattery"})

    @pytest.mark.parametrize("status", ["00000000", "", "00000010", "00800000", "00800001", "zz"])
    def test_an_alarm_without_a_known_cause_is_general(self, status: str) -> None:
        assert alarms(content("AL," + report(status=status)))[0] == ("general", False)

    def test_an_alarm_explained_by_its_states_is_not_general(self) -> None:
        assert alarms(content("AL," + report(status="00000001"))) == [("lowBattery", False)]

    @pytest.mark.parametrize(
        "tail", ["", ",", ",200826", ",200826,001500", ",200826,001500,V,,,,", ",,,,,,,,,,,,,,,,,,,,", ",x,y"]
    )
    def test_an_alarm_cut_short_is_raised_and_only_then_answered(self, tail: str) -> None:
        heard = content(f"AL{tail}")
        assert alarms(heard) == [("general", False)]
        assert heard.reply == b"[3G*8800001234*0002*AL]"
        assert heard.levels is None

    @pytest.mark.parametrize(
        "changes", [{"lat": "99"}, {"lat": "", "lon": ""}, {"date": "", "time": ""}, {"fix": ""}, {"steps": ""}]
    )
    def test_sos_with_an_impossible_place_or_clock_is_still_sos(self, changes: dict[str, str]) -> None:
        assert alarms(content("AL," + report(status="00010000", **changes))) == [("sos", False)]

    def test_the_status_is_found_where_firmware_leaves_a_counter_out(self) -> None:
        fields = report(status="00010000").split(",")
        assert alarms(content("AL," + ",".join(fields[:14] + fields[15:]))) == [("sos", False)]

    def test_the_echo_of_an_alarm_clock_is_no_alarm(self) -> None:
        assert content("ALARM,08:00-1-1").events == ()

    def test_bits_in_a_position_are_held(self) -> None:
        heard = one(WatchDevice(ID).ud(PRESSED, 31.2, 121.4, status=SOS | BATTERY_IS_LOW))
        assert [event.kind for event in heard.events] == [Kind.POSITION, Kind.ALARM, Kind.ALARM]
        assert alarms(heard) == [("sos", True), ("lowBattery", True)]
        assert heard.levels == frozenset({"sos", "lowBattery"})

    def test_a_position_without_a_status_leaves_the_held_bits_alone(self) -> None:
        assert content("UD,200826,001500,A,31.2,N,121.4,E").levels is None


class TestRepeats:
    def fresh(self, repeats: Repeats, heard: list[Heard]) -> list[str | None]:
        return [event.alarm for one_heard in heard for event, _ in repeats.fresh(one_heard) if event.alarm]

    def test_an_unanswered_alarm_sent_again_is_answered_and_not_raised_again(self) -> None:
        watch, repeats, frame = decoder(), Repeats(), WatchDevice(ID).al(PRESSED)
        first, second = watch.feed(frame, instant()), watch.feed(frame, instant(30))
        assert self.fresh(repeats, first) == ["sos"]
        assert self.fresh(repeats, second) == []
        assert second[0].reply == first[0].reply

    def test_also_over_a_new_connection_and_in_the_frame_of_a_counting_maker(self) -> None:
        device, repeats = WatchDevice(ID, "ZJ", indexed=True), Repeats()
        assert self.fresh(repeats, hear(device.al(PRESSED))) == ["sos"]
        assert self.fresh(repeats, hear(device.al(PRESSED))) == []

    def test_a_new_press_is_never_swallowed(self) -> None:
        watch, repeats, device = decoder(), Repeats(), WatchDevice(ID)
        frames = device.al(PRESSED) + device.al(PRESSED + timedelta(seconds=1))
        assert self.fresh(repeats, watch.feed(frames, instant())) == ["sos", "sos"]

    def test_positions_after_an_alarm_do_not_raise_its_bit_again(self) -> None:
        watch, repeats, device = decoder(), Repeats(), WatchDevice(ID)
        frames = device.al(PRESSED) + device.ud(PRESSED, 31.2, 121.4, status=SOS) + device.ud(PRESSED, 31.2, 121.4)
        assert self.fresh(repeats, watch.feed(frames, instant())) == ["sos"]
        assert self.fresh(repeats, watch.feed(device.ud(PRESSED, 31.2, 121.4, status=SOS), instant())) == ["sos"]

    @pytest.mark.parametrize("keyword", ["UD", "UD2", "UD_LTE", "WT"])
    def test_a_report_sent_again_is_told_once_also_over_a_new_connection(self, keyword: str) -> None:
        device, repeats = WatchDevice(ID), Repeats()
        frame = device.frame(f"{keyword},{report()}")
        later = device.frame(f"{keyword},{report(time='001501')}")
        told = [
            fresh for heard in (hear(frame * 3 + later), hear(frame)) for one in heard for fresh in repeats.fresh(one)
        ]
        assert [event.time for event, _ in told] == [PRESSED, PRESSED + timedelta(seconds=1)]

    @pytest.mark.parametrize("text", ["LK,12,3,88", "heart,71", "UD," + report(date="000000")])
    def test_words_without_a_clock_are_told_once_only_when_they_come_at_once(self, text: str) -> None:
        watch, repeats, frame = decoder(), Repeats(), WatchDevice(ID).frame(text)
        counts = [
            sum(len(repeats.fresh(one_heard)) for one_heard in watch.feed(frame * 3, instant(seconds)))
            for seconds in (0, 60)
        ]
        assert counts == [1, 1]

    def test_a_watch_without_a_clock_repeats_within_two_minutes_and_presses_after(self) -> None:
        watch, repeats = decoder(), Repeats()
        frame = WatchDevice(ID).frame("AL," + report(date="", time="", status="00010000"))
        heard = [watch.feed(frame, instant(seconds)) for seconds in (0, 60, 120, 120 + SAME_PRESS_S + 1)]
        assert [self.fresh(repeats, one_heard) for one_heard in heard] == [["sos"], [], [], ["sos"]]

    def test_a_bit_that_stays_set_through_stored_positions_is_one_alarm_at_its_own_time(self) -> None:
        watch, repeats, device = decoder(), Repeats(), WatchDevice(ID)
        times = [PRESSED + timedelta(minutes=minute) for minute in range(4)]
        status = [0, SOS, SOS, 0]
        run = b"".join(device.ud2(time, 31.2, 121.4, status=bits) for time, bits in zip(times, status, strict=True))
        raised = [event for event in events(watch.feed(run, instant())) if event.alarm]
        assert [(event.alarm, event.time, event.stored) for event in raised] == [("sos", times[1], True)]
        assert self.fresh(repeats, hear(run)) == ["sos"]


class TestFrames:
    @pytest.mark.parametrize("length", ["0000", "0001", "0043", "00FF", "FFFF", "abcd"])
    def test_a_wrong_length_costs_nothing(self, length: str) -> None:
        heard = hear(f"[3G*{ID}*{length}*AL,{report(status='00010000')}][3G*{ID}*0002*LK]".encode())
        assert [alarms(one_heard) for one_heard in heard] == [[("sos", False)], []]
        assert heard[1].reply.endswith(b"*LK]")

    def test_brackets_in_a_network_name_do_not_end_a_frame(self) -> None:
        text = "AL," + report(status="00010000", network="0,2,a[b]c,34:60:f9:ec:19:f8,-70,x[y,34:60:f9:ec:19:f9,-71")
        (event,) = content(text).events
        assert event.network is not None
        assert len(event.network["wifi"]) == 2

    def test_a_frame_whose_end_is_lost_does_not_hold_back_the_next(self) -> None:
        heard = hear(b"[3G*8800001234*0400*AL,200826,001500,V[3G*8800001234*0002*LK]")
        assert [alarms(one_heard) for one_heard in heard] == [[("general", False)], []]
        assert [one_heard.reply[-4:] for one_heard in heard] == [b"*AL]", b"*LK]"]

    def test_a_head_made_of_noise_does_not_hold_back_an_alarm(self) -> None:
        heard = hear(b"[AB*12345678*FFFF*TK,\x00\x01" + WatchDevice(ID).al(PRESSED))
        assert alarms(heard[-1]) == [("sos", False)]

    def test_an_alarm_whose_line_went_silent_is_raised_as_far_as_it_came(self) -> None:
        watch = decoder()
        assert watch.feed(WatchDevice(ID).al(PRESSED)[:40], instant()) == []
        assert watch.due() == instant(PATIENCE_S).monotonic_s
        assert watch.tick(instant(PATIENCE_S - 0.1)) == []
        (heard,) = watch.tick(instant(PATIENCE_S))
        assert (alarms(heard), heard.reply) == ([("general", False)], b"[3G*8800001234*0002*AL]")
        assert watch.due() is None

    def test_only_an_alarm_runs_a_timer(self) -> None:
        watch = decoder()
        watch.feed(WatchDevice(ID).ud(PRESSED, 31.2, 121.4)[:40], instant())
        assert watch.due() is None

    def test_noise_is_skipped_and_counted(self) -> None:
        watch = decoder()
        heard = watch.feed(b"GET / HTTP/1.0\r\n\r\n" + WatchDevice(ID).lk() + b"\r\n", instant())
        assert [(one_heard.device, one_heard.note is not None) for one_heard in heard] == [(ID, False), (None, True)]

    def test_escapes_are_undone_after_the_fields_are_parted(self) -> None:
        text = "UD," + report(network="0,1,a\x7d\x04b\x7d\x05\x7d\x03,34:60:f9:ec:19:f8,-70")
        assert content(text).events[0].network == {"cell": [], "wifi": [{"mac": "34:60:f9:ec:19:f8", "rssi": -70}]}

    @pytest.mark.parametrize("start", [b"", b"[", b"[3G*8800001234*FFFF*TK,", b"[3G*8800001234*FFFF*UD,", b"[" * 70])
    @pytest.mark.parametrize("filler", [b"x", b"[", b"]", b"[3G*1", b"[3G*88", b"\x7d", b","])
    def test_what_is_held_stays_small_whatever_comes(self, start: bytes, filler: bytes) -> None:
        watch = decoder()
        watch.feed(start, instant())
        for _ in range(40):
            watch.feed(filler * (8192 // len(filler)), instant())
            assert watch.held <= 2 * MAX_TEXT <= MAX_HELD
        watch.feed(b"]", instant())
        assert [("sos", False)] in [alarms(heard) for heard in watch.feed(WatchDevice(ID).al(PRESSED), instant())]


class TestHealth:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("heart,71", {"heartRate": 71}),
            ("PULSE,71", {"heartRate": 71}),
            ("BPHRT,120,80,71,170,60,1", {"pressureHigh": 120, "pressureLow": 80, "heartRate": 71}),
            ("blood,120,80", {"pressureHigh": 120, "pressureLow": 80}),
            ("TEMP,36.6", {"temp1": 36.6}),
            ("btemp2,1,36.6", {"temp1": 36.6}),
            ("oxygen,0,98", {"bloodOxygen": 98}),
        ],
    )
    def test_values_are_readings(self, text: str, values: dict[str, float]) -> None:
        heard = content(text)
        (event,) = heard.events
        assert (event.kind, event.attributes, heard.reply) == (Kind.READING, values, b"")

    @pytest.mark.parametrize("text", ["heart", "heart,", "btemp2,0,36.6", "bphrt,x,y,z", "oxygen,1", "TEMP,warm"])
    def test_nothing_measured_is_nothing_said(self, text: str) -> None:
        assert content(text).events == ()


class TestOrders:
    def order(self, command: Command, device: WatchDevice | None = None) -> bytes | Refused:
        watch, sender = decoder(), device or WatchDevice(ID)
        watch.feed(sender.lk(), instant())
        return watch.say(command, instant())

    @pytest.mark.parametrize(
        ("command", "expected"),
        [
            (Command(Verb.LOCATE, ID), b"[3G*8800001234*0002*CR]"),
            (Command(Verb.INTERVAL, ID, seconds=300), b"[3G*8800001234*000A*UPLOAD,300]"),
            (Command(Verb.SAY, ID, text="您好"), b"[3G*8800001234*0010*MESSAGE,60A8597D]"),
        ],
    )
    def test_orders_are_put_in_the_watchs_words(self, command: Command, expected: bytes) -> None:
        assert self.order(command) == expected

    def test_orders_to_a_counting_maker_are_counted(self) -> None:
        device = WatchDevice("014111001332708", "ZJ", indexed=True)
        order = self.order(Command(Verb.LOCATE, device.id), device)
        assert order == b"[ZJ*014111001332708*0001*0002*CR]"

    @pytest.mark.parametrize(
        "command",
        [
            Command(Verb.CONFIRM, ID, alarm="sos"),
            Command(Verb.OUTPUT, ID, on=True),
            Command(Verb.INTERVAL, ID, seconds=1),
            Command(Verb.INTERVAL, ID, seconds=10**6),
            Command(Verb.SAY, ID),
            Command(Verb.LOCATE, "another"),
        ],
    )
    def test_what_a_watch_cannot_do_is_refused_with_a_reason(self, command: Command) -> None:
        refused = self.order(command)
        assert isinstance(refused, Refused)
        assert refused.reason

    def test_nothing_can_be_said_before_the_watch_has_spoken(self) -> None:
        assert isinstance(decoder().say(Command(Verb.LOCATE, ID), instant()), Refused)

    def test_text_of_watches_that_read_utf8_is_escaped(self) -> None:
        watch = WatchDecoder(WatchSettings(text="utf-8"))
        watch.feed(WatchDevice(ID).lk(), instant())
        assert watch.say(Command(Verb.SAY, ID, text="a,[}"), instant()) == (
            b"[3G*8800001234*000F*MESSAGE,a\x7d\x04\x7d\x02\x7d\x01]"
        )

    def test_the_echo_of_an_order_is_its_result_and_of_nothing_else(self) -> None:
        watch, device = decoder(), WatchDevice(ID)
        watch.feed(device.lk(), instant())
        assert events(watch.feed(device.echo("CR"), instant())) == []
        watch.say(Command(Verb.LOCATE, ID), instant())
        (event,) = events(watch.feed(device.echo("CR"), instant()))
        assert (event.kind, event.attributes) == (Kind.RESULT, {"command": "locate"})
        assert events(watch.feed(device.echo("CR"), instant())) == []


class TestTheDevicesSide:
    @pytest.mark.parametrize("device", [WatchDevice(ID), WatchDevice("014111001332708", "ZJ", indexed=True)])
    def test_a_watch_reads_what_it_is_answered_in_order(self, device: WatchDevice) -> None:
        sent = device.init() + device.lk(12, 3, 88) + device.ud(PRESSED, 31.2, 121.4) + device.al(PRESSED)
        answer = b"".join(heard.reply for heard in decoder().feed(sent, instant()))
        assert device.answered(answer[:30]) + device.answered(answer[30:]) == ["INIT", "LK", "AL"]

    def test_answers_to_another_watch_are_not_its_own(self) -> None:
        assert WatchDevice(ID).answered(b"[3G*8800009999*0002*AL][SG*8800001234*0002*AL]") == []


FRAMES = st.sampled_from(
    [
        WatchDevice(ID).lk(12, 3, 88),
        WatchDevice(ID).al(PRESSED),
        WatchDevice(ID, "ZJ", indexed=True).al(PRESSED, status=FALL),
        WatchDevice(ID).ud(PRESSED, -31.2, 121.4, status=BATTERY_IS_LOW),
        WatchDevice(ID).ud2(PRESSED, -31.2, 121.4, status=SOS),
        WatchDevice(ID).frame("UD," + report(network="0,1,a[b]c,34:60:f9:ec:19:f8,-70")),
        WatchDevice(ID).frame(b"TK,\x7d\x01\x00\xff"),
        b"[3G*8800001234*FFFF*AL,200826",
        b"[3G*8800001234*00",
        b"[[3G]]*",
        b"\r\n",
    ]
)
STREAMS = st.lists(st.one_of(FRAMES, st.binary(max_size=40)), max_size=8).map(b"".join)


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 600), max_size=12))
@example(stream=WatchDevice(ID).al(PRESSED) * 3, cuts=[])
@settings(max_examples=200, deadline=None)
def test_the_same_bytes_cut_anywhere_mean_the_same(stream: bytes, cuts: list[int]) -> None:
    def play(chunks: list[bytes]) -> list[tuple[tuple[Event, ...], bytes]]:
        watch = decoder()
        heard = [one_heard for chunk in chunks for one_heard in watch.feed(chunk, instant())]
        return [(one_heard.events, one_heard.reply) for one_heard in heard if one_heard.device]

    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    whole = play([stream])
    assert play([stream[a:b] for a, b in pairwise(edges)]) == whole
    assert play([stream[at : at + 1] for at in range(len(stream))]) == whole


@given(data=st.binary(max_size=400), seconds=st.floats(0, 100))
@settings(max_examples=200, deadline=None)
def test_no_bytes_raise(data: bytes, seconds: float) -> None:
    watch = decoder()
    watch.feed(data, instant())
    watch.tick(instant(seconds))
    assert watch.held <= MAX_HELD


@given(
    fields=st.lists(st.text(max_size=12), max_size=40),
    keyword=st.sampled_from(["AL", "UD", "UD2", "WT", "LK", "bphrt"]),
)
@settings(max_examples=300, deadline=None)
def test_no_fields_raise_and_no_alarm_is_lost(fields: list[str], keyword: str) -> None:
    heard = decoder().feed(WatchDevice(ID).frame(",".join([keyword, *fields]).encode("utf-8", "replace")), instant())
    if keyword == "AL":
        assert alarms(heard[0])
        assert heard[0].reply


def test_the_driver_is_found_by_its_name() -> None:
    driver = load_driver("watch")
    assert driver.make(driver.settings(), lambda _: False).due() is None
