from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import registry, unknown_devices
from edge.addresses import normal_address
from edge.device import Device, Rules
from edge.registry import StaleError, all_devices, put, undo
from edge.registry_csv import MAX_BYTES, MAX_ROWS, guarded, read_table, unguarded, write_table
from edge.registry_import import BadRowsError, Plan, apply, diff, import_plan

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
RULES = Rules({"gt06": "gt06", "kerui": "rf433", "any": "any"}, normal_address)
HEAD = "id,profile,address,room\n"


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "registry.db", isolation_level=None)
    for _name, script in registry.MIGRATIONS + unknown_devices.MIGRATIONS:
        connection.executescript(script)
    put(connection, {"id": "a", "profile": "kerui", "address": "AAAAAA", "room": "1"}, RULES, NOW)
    put(connection, {"id": "b", "profile": "kerui", "address": "BBBBBB", "room": "2", "note": "n"}, RULES, NOW)
    yield connection
    connection.close()


def rows(conn: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    return {device.id: (device.address, device.room) for device in all_devices(conn)}


def bad(plan: Plan) -> list[str]:
    return [f"{finding.line}: {finding.message}" for finding in plan.bad]


def test_a_plan_shows_adds_changes_and_what_stays(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "a,kerui,AAAAAA,1\nb,kerui,bb bb bb,22\nc,kerui,CCCCCC,3\n", RULES)
    assert [change.id for change in plan.adds] == ["c"]
    assert [(d.field, d.before, d.after) for change in plan.changes for d in diff(change)] == [("room", "2", "22")]
    assert (plan.same, plan.bad, plan.removals) == (1, (), ())
    assert rows(conn) == {"a": ("AAAAAA", "1"), "b": ("BBBBBB", "2")}


def test_applying_a_plan_does_what_it_showed_and_undo_takes_it_back(conn: sqlite3.Connection) -> None:
    before = all_devices(conn)
    plan = import_plan(conn, HEAD + "b,kerui,BBBBBB,22\nc,kerui,CCCCCC,3\n", RULES, remove_missing=True)
    assert apply(conn, plan, RULES, NOW) == 3
    assert rows(conn) == {"b": ("BBBBBB", "22"), "c": ("CCCCCC", "3")}
    assert [change.id for change in undo(conn, RULES, NOW)] == ["a", "b", "c"]
    assert all_devices(conn) == before
    assert undo(conn, RULES, NOW) == []


def test_columns_that_are_not_in_the_file_stay_and_empty_cells_clear(conn: sqlite3.Connection) -> None:
    apply(conn, import_plan(conn, "id,room\nb,\n", RULES), RULES, NOW)
    device = registry.get(conn, "b")
    assert device is not None
    assert (device.room, device.note) == ("", "n")


def test_every_bad_row_is_told_with_its_line_and_every_reason(conn: sqlite3.Connection) -> None:
    text = HEAD + 'c,kerui,123,"two\nlines"\n\nD!,keruii,1.2E+14,x\na,kerui,AAAAAA,9\na,kerui,ABABAB,9\n'
    plan = import_plan(conn, text, RULES)
    assert [line.split(":")[0:2] for line in bad(plan)] == [
        *(["2", " address"], ["2", " room"]),
        *(["5", " address"], ["5", " id"], ["5", " profile"]),
        ["7", " id"],
    ]
    assert plan.bad_rows == 3
    with pytest.raises(BadRowsError):
        apply(conn, plan, RULES, NOW)
    assert rows(conn)["a"] == ("AAAAAA", "1")


def test_the_good_rows_go_in_when_that_is_asked_for(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "c,kerui,CCCCCC,3\nd,kerui,x,4\n", RULES)
    assert apply(conn, plan, RULES, NOW, partial=True) == 1
    assert "c" in rows(conn)


def test_nothing_is_removed_while_a_row_is_bad(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "b,kerui,x,2\n", RULES, remove_missing=True)
    assert plan.removals == ()
    assert plan.bad_rows == 1


def test_two_devices_may_exchange_their_addresses(conn: sqlite3.Connection) -> None:
    apply(conn, import_plan(conn, HEAD + "a,kerui,BBBBBB,1\nb,kerui,AAAAAA,2\n", RULES), RULES, NOW)
    assert rows(conn) == {"a": ("BBBBBB", "1"), "b": ("AAAAAA", "2")}
    undo(conn, RULES, NOW)
    assert rows(conn) == {"a": ("AAAAAA", "1"), "b": ("BBBBBB", "2")}


def test_an_address_of_a_device_that_stays_is_taken(conn: sqlite3.Connection) -> None:
    assert bad(import_plan(conn, HEAD + "c,kerui,AAAAAA,1\n", RULES)) == [
        "2: address: belongs to the device `a` already"
    ]
    plan = import_plan(conn, HEAD + "c,kerui,AAAAAA,1\nb,kerui,BBBBBB,2\n", RULES, remove_missing=True)
    assert (plan.bad, len(plan.removals)) == ((), 1)


def test_a_row_that_wants_the_address_of_a_refused_row_is_refused_too(conn: sqlite3.Connection) -> None:
    put(conn, {"id": "z", "profile": "kerui", "address": "FFFFFF"}, RULES, NOW)
    plan = import_plan(conn, HEAD + "a,kerui,FFFFFF,1\nb,kerui,AAAAAA,2\nc,kerui,BBBBBB,3\n", RULES)
    assert bad(plan) == [
        "2: address: belongs to the device `z` already",
        "3: address: belongs to the device `a` already",
        "4: address: belongs to the device `b` already",
    ]
    assert plan.empty


def test_one_address_in_two_rows_names_both(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "c,kerui,CCCCCC,1\nd,kerui,cccccc,2\n", RULES)
    assert bad(plan) == ["2: address: stands in line 3 too", "3: address: stands in line 2 too"]


def test_a_plan_made_before_somebody_else_changed_the_registry_is_refused(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "a,kerui,AAAAAA,11\nc,kerui,CCCCCC,3\n", RULES)
    put(conn, {"id": "a", "room": "12"}, RULES, NOW)
    with pytest.raises(StaleError):
        apply(conn, plan, RULES, NOW)
    assert rows(conn) == {"a": ("AAAAAA", "12"), "b": ("BBBBBB", "2")}


def test_undo_refuses_to_lose_what_a_person_did_since(conn: sqlite3.Connection) -> None:
    apply(conn, import_plan(conn, HEAD + "a,kerui,AAAAAA,11\n", RULES), RULES, NOW)
    put(conn, {"id": "a", "note": "moved"}, RULES, NOW)
    with pytest.raises(StaleError):
        undo(conn, RULES, NOW)
    put(conn, {"id": "a", "note": ""}, RULES, NOW)
    undo(conn, RULES, NOW)
    assert rows(conn)["a"] == ("AAAAAA", "1")


def test_a_test_announced_since_does_not_stand_in_the_way(conn: sqlite3.Connection) -> None:
    plan = import_plan(conn, HEAD + "a,kerui,AAAAAA,11\n", RULES)
    registry.set_test(conn, "a", NOW + timedelta(minutes=10), NOW)
    apply(conn, plan, RULES, NOW)
    undo(conn, RULES, NOW)
    device = registry.get(conn, "a")
    assert device is not None
    assert device.testing(NOW)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_files_of_chinese_spreadsheets_are_read(conn: sqlite3.Connection, encoding: str, mark: str) -> None:
    text = "编号,设备类型,地址,楼栋,一号定位\r\nc,kerui,CCCCCC,三号楼,杆-7\r\n".replace(",", mark)
    plan = import_plan(conn, text.encode(encoding), RULES)
    assert plan.bad == ()
    device = plan.adds[0].after
    assert device is not None
    assert (device.building, device.pole) == ("三号楼", "杆-7")


def test_an_unknown_column_suggests_the_right_one(conn: sqlite3.Connection) -> None:
    assert "did you mean `address`?" in bad(import_plan(conn, "id,adress\na,1\n", RULES))[0]
    assert "`id` is missing" in bad(import_plan(conn, "room\n1\n", RULES))[0]
    assert "twice" in bad(import_plan(conn, "id,imei,address\na,1,2\n", RULES))[0]


def test_a_number_the_spreadsheet_has_rounded_says_what_to_do(conn: sqlite3.Connection) -> None:
    (line,) = bad(import_plan(conn, HEAD + "c,gt06,8.61235E+14,1\n", RULES))
    assert "make the column text" in line


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "no header"),
        (b"id,room\nb,\0\n", "NUL"),
        (b"\xff\xff\xff", "neither UTF-8 nor GBK"),
        ("x" * (MAX_BYTES + 1), "too large"),
        (",".join(["id"] * 65), "too many columns"),
        ("id\n" + "a\n" * (MAX_ROWS + 1), "too many rows"),
        ('id,room\nb,"never closed', "no CSV"),
        ("id,room\nb,1,2,3\n", "more cells"),
        ("id,room\nb," + "x" * 3000, "too long"),
    ],
)
def test_hostile_files_are_refused_with_a_reason(conn: sqlite3.Connection, raw: bytes | str, word: str) -> None:
    plan = import_plan(conn, raw, RULES)
    assert word in " ".join(bad(plan))
    assert plan.empty


def test_a_large_file_in_which_all_rows_want_one_address_ends_soon(conn: sqlite3.Connection) -> None:
    text = HEAD + "".join(f"d{n},kerui,CCCCCC,\n" for n in range(5000))
    assert import_plan(conn, text, RULES).bad_rows == 5000


def test_an_export_opens_in_excel_and_comes_back_unchanged(conn: sqlite3.Connection) -> None:
    put(conn, {"id": "t", "profile": "gt06", "address": "861234567890123", "room": "3-2", "pole": "007"}, RULES, NOW)
    put(
        conn,
        {"id": "u", "profile": "any", "address": "=1+1", "note": '\'@x, "y"', "lat": "-1.5", "lon": "2"},
        RULES,
        NOW,
    )
    for language in ("zh", "en"):
        text = write_table(all_devices(conn), language)
        assert text.startswith("\ufeff")
        assert "\r\n" in text
        assert "'861234567890123" in text
        assert "'3-2" in text
        assert "'=1+1" in text
        assert ",-1.5," in text
        plan = import_plan(conn, text.encode(), RULES)
        assert (plan.bad, plan.empty, plan.same) == ((), True, 4)


@given(st.text(max_size=20))
def test_the_guard_comes_off_again_and_leaves_no_formula(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    shown = guarded(cell)
    assert shown[:1] not in ("=", "+", "@", "\t", "\r")
    assert shown[:1] != "-" or float(shown) <= 0


TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=30)


@settings(deadline=None)
@given(TEXTS.map(str.strip), TEXTS.map(str.strip))
def test_any_text_survives_export_and_import(room: str, note: str) -> None:
    device = Device(id="a", profile="any", address="x", room=room, note=note)
    (row,) = read_table(write_table([device]).encode()).rows
    assert (row.values["room"], row.values["note"]) == (room, note)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet='id,address"\n\r;\t=0x\0鱼', max_size=80)))
def test_no_file_crashes_the_reader(raw: bytes | str) -> None:
    table = read_table(raw)
    assert table.rows or table.findings or raw
